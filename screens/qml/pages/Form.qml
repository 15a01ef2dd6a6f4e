pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// Up to three answers; what is known is filled and says from where.
KioskPage {
    id: page
    // where a page has one field, its title is the question and the field needs no label
    readonly property bool alone: Form.fields.length === 1 && Theme.short
    title: alone ? Form.fields[0].label : Form.title
    lead: Tray.lead !== "" ? Tray.lead : alone ? "" : Form.lead
    second: Tray.label
    onSecondPressed: Tray.read()
    next: qsTrId("bar.next")
    typed: keyboard.visible
    onNextPressed: Visit.next()
    Pager {
        width: parent.width
        height: parent.height - (keyboard.visible ? keyboard.taken : 0)
        Note {
            shown: Form.problem !== ""
            width: parent.width
            kind: "failed"
            text: Form.problem
        }
        Repeater {
            model: Form.fields
            Loader {
                id: slot
                required property var modelData
                readonly property bool current: modelData.active
                width: parent.width
                sourceComponent: slot.modelData.choices.length > 0 ? choices : field
                Component {
                    id: field
                    Field {
                        label: slot.modelData.label
                        labelled: !page.alone
                        hint: Theme.laptop ? "" : slot.modelData.hint
                        value: slot.modelData.value
                        source: slot.modelData.source
                        problem: slot.modelData.problem
                        active: slot.modelData.active
                        composing: slot.modelData.active ? Typing.preedit : ""
                        locked: slot.modelData.locked
                        lines: slot.modelData.long && !Theme.landscape && !Theme.lowReach ? (Theme.textScale > 1.4 ? 1 : Theme.large ? 2 : 3) : 1
                        onActivated: Form.focusOn(slot.modelData.id)
                    }
                }
                Component {
                    id: choices
                    ChoiceGroup {
                        label: slot.modelData.label
                        source: slot.modelData.source
                        problem: slot.modelData.problem
                        locked: slot.modelData.locked
                        choices: slot.modelData.choices
                        onChosen: choice => Form.choose(slot.modelData.id, choice)
                    }
                }
            }
        }
    }
    Keyboard {
        id: keyboard
        readonly property real taken: height * scale - page.gap + 16
        visible: Form.keyboard !== ""
        x: -Theme.margin
        width: Math.max(1080, Theme.pageWidth)
        scale: Theme.keyboardScale
        transformOrigin: Item.BottomLeft
        anchors.bottom: parent.bottom
        anchors.bottomMargin: -page.gap
        layout: Form.keyboard === "numbers" ? "numbers" : "letters"
        hasNext: Form.hasNextField
        onNextField: Form.nextField()
    }
}
