pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// Where the slip is to be sent; then what came of it, as far as it is known.
KioskPage {
    title: Send.title
    lead: Send.lead
    hasBack: Send.hasBack
    next: Send.nextLabel
    nextIcon: Send.ready ? "arrow_forward" : ""
    ready: Send.ready
    second: Send.secondLabel
    reached: Send.state === "asking"
    onNextPressed: Send.goOn()
    onSecondPressed: Send.otherAddress()
    Pager {
        anchors.fill: parent
        Note {
            shown: Send.note !== ""
            width: parent.width
            kind: Send.kind
            text: Send.note
            more: Send.noteMore
        }
        Repeater {
            model: Send.rows
            OptionRow {
                required property var modelData
                width: parent.width
                radio: true
                checked: modelData.on
                label: modelData.label
                note: modelData.note
                onActivated: Send.pick(modelData.id)
            }
        }
        Txt {
            property bool shown: Send.simulated && (!Theme.laptop || Send.state !== "asking")
            width: parent.width
            text: qsTrId("send.simulated")
            color: Theme.inkSoft
        }
    }
}
