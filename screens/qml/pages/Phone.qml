pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// A code for the resident's phone and the number that both screens show; then what the phone gives.
KioskPage {
    title: Phone.title
    lead: Phone.lead
    next: Phone.nextLabel
    nextIcon: Phone.state === "done" ? "arrow_forward" : Phone.failed ? "refresh" : ""
    ready: Phone.ready
    second: Phone.state === "done" ? "" : qsTrId("identify.type")
    secondIcon: "keyboard"
    reached: Phone.rows.length > 0
    onNextPressed: Phone.goOn()
    onSecondPressed: Phone.typeInstead()
    Pager {
        anchors.fill: parent
        spacing: Theme.landscape ? 16 : 20
        Item {
            property bool shown: Phone.picture !== ""
            width: parent.width
            height: Math.min(width, Theme.laptop ? 300 : Theme.landscape ? 400 : 560)
            Image {
                x: Theme.landscape ? 0 : (parent.width - width) / 2
                width: parent.height
                height: width
                fillMode: Image.PreserveAspectFit
                smooth: false
                cache: false
                source: Phone.picture
                Accessible.role: Accessible.Graphic
                Accessible.name: qsTrId("phone.code")
            }
        }
        Txt {
            property bool shown: Phone.number !== ""
            width: parent.width
            horizontalAlignment: Theme.landscape ? Text.AlignLeft : Text.AlignHCenter
            text: qsTrId("phone.number")
        }
        Txt {
            property bool shown: Phone.number !== ""
            width: parent.width
            horizontalAlignment: Theme.landscape ? Text.AlignLeft : Text.AlignHCenter
            text: Phone.number
            role: "display"
            color: Theme.primary
        }
        Txt {
            property bool shown: Phone.left !== ""
            width: parent.width
            horizontalAlignment: Theme.landscape ? Text.AlignLeft : Text.AlignHCenter
            text: Phone.left
            color: Theme.inkSoft
        }
        Note {
            shown: Phone.note !== ""
            width: parent.width
            kind: Phone.failed ? "failed" : "attention"
            text: Phone.note
            more: Phone.noteMore
        }
        Note {
            shown: Phone.state === "done"
            width: parent.width
            kind: "ok"
            text: Phone.who
            more: qsTrId("identify.verdict.signed_in")
        }
        Repeater {
            model: Phone.rows
            OptionRow {
                required property var modelData
                width: parent.width
                label: modelData.label
                note: modelData.note
                box: true
                checked: modelData.on
                onActivated: Phone.turn(modelData.id)
            }
        }
        Txt {
            property bool shown: Phone.simulated
            width: parent.width
            text: qsTrId("phone.simulated")
            color: Theme.inkSoft
        }
    }
}
