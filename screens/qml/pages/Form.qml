pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// Up to three answers; what is known is filled and says from where.
KioskPage {
    id: page
    title: Form.title
    lead: Tray.lead !== "" ? Tray.lead : Form.lead
    second: Tray.label
    onSecondPressed: Tray.read()
    next: qsTrId("bar.next")
    onNextPressed: Visit.next()
    Column {
        width: parent.width
        spacing: 24
        Note {
            visible: Form.problem !== ""
            width: parent.width
            kind: "failed"
            text: Form.problem
        }
        Repeater {
            model: Form.fields
            Loader {
                id: slot
                required property var modelData
                width: parent.width
                sourceComponent: slot.modelData.choices.length > 0 ? choices : field
                Component {
                    id: field
                    Field {
                        label: slot.modelData.label
                        hint: slot.modelData.hint
                        value: slot.modelData.value
                        source: slot.modelData.source
                        problem: slot.modelData.problem
                        active: slot.modelData.active
                        composing: slot.modelData.active ? Typing.preedit : ""
                        locked: slot.modelData.locked
                        lines: slot.modelData.long ? 3 : 1
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
        visible: Form.keyboard !== ""
        x: -Theme.margin
        width: Theme.sheetWidth
        anchors.bottom: parent.bottom
        anchors.bottomMargin: -Theme.s3
        layout: Form.keyboard === "numbers" ? "numbers" : "letters"
        hasNext: Form.hasNextField
        onNextField: Form.nextField()
    }
}
