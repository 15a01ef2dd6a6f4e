pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// What opens a document's chip: three details of its photo page, or the six digits on its front.
KioskPage {
    id: page
    title: ChipKey.title
    lead: crowded ? "" : ChipKey.lead
    next: qsTrId("chip_key.open")
    second: ChipKey.otherWayLabel
    onNextPressed: ChipKey.goOn()
    onSecondPressed: ChipKey.otherWay()
    typed: true
    Pager {
        width: parent.width
        height: parent.height - keyboard.taken + 8
        spacing: 12
        Note {
            shown: ChipKey.problem !== ""
            width: parent.width
            kind: "failed"
            text: ChipKey.problem
            more: ChipKey.problemMore
        }
        ActionButton {
            property bool shown: ChipKey.canLook
            width: parent.width
            height: 100
            label: ChipKey.lookLabel
            icon: ChipKey.looking ? "" : "photo_camera"
            enabled: !ChipKey.looking
            onActivated: ChipKey.look()
        }
        Repeater {
            model: ChipKey.fields
            Field {
                id: slot
                required property var modelData
                width: parent.width
                label: modelData.label
                hint: modelData.hint
                value: modelData.value
                problem: modelData.problem
                active: modelData.active
                onActivated: ChipKey.focusOn(modelData.id)
            }
        }
    }
    Keyboard {
        id: keyboard
        readonly property real taken: height * scale - page.gap + 16
        x: -Theme.margin
        width: Math.max(1080, Theme.pageWidth)
        scale: Theme.keyboardScale
        transformOrigin: Item.BottomLeft
        anchors.bottom: parent.bottom
        anchors.bottomMargin: -page.gap
        layout: ChipKey.keyboard
        shifted: true
        hasNext: ChipKey.fields.length > 1
        onNextField: ChipKey.nextField()
    }
}
