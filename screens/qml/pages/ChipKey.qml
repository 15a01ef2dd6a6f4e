pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// What opens a document's chip: three details of its photo page, or the six digits on its front.
KioskPage {
    id: page
    title: ChipKey.title
    lead: ChipKey.lead
    next: qsTrId("chip_key.open")
    second: ChipKey.otherWayLabel
    onNextPressed: ChipKey.goOn()
    onSecondPressed: ChipKey.otherWay()
    Column {
        width: parent.width
        spacing: 24
        Note {
            visible: ChipKey.problem !== ""
            width: parent.width
            kind: "failed"
            text: ChipKey.problem
            more: ChipKey.problemMore
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
        x: -Theme.margin
        width: Theme.sheetWidth
        anchors.bottom: parent.bottom
        anchors.bottomMargin: -Theme.s3
        layout: ChipKey.keyboard
        shifted: true
        hasNext: ChipKey.fields.length > 1
        onNextField: ChipKey.nextField()
    }
}
