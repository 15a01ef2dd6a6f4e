pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// The tray as the camera sees it, the sheet it found, one sentence, and what it is for.
KioskPage {
    title: Capture.title
    next: Capture.nextLabel
    ready: Capture.canGoOn
    nextIcon: Capture.taken ? "arrow_forward" : "photo_camera"
    second: Capture.taken ? qsTrId("capture.retake") : Capture.otherWayLabel
    secondIcon: Capture.taken ? "replay" : ""
    onNextPressed: Capture.goOn()
    onSecondPressed: Capture.taken ? Capture.retake() : Capture.otherWay()
    reached: false
    pictureHeight: Capture.taken ? 560 : 720
    picture: Item {
        Rectangle {
            anchors.fill: parent
            radius: Theme.radius
            color: Theme.ink
        }
        Image {
            anchors.fill: parent
            fillMode: Image.PreserveAspectFit
            cache: false
            source: Capture.picture
            Accessible.role: Accessible.Graphic
            Accessible.name: qsTrId("document.view")
        }
    }
    Pager {
        anchors.fill: parent
        spacing: 28
        Note {
            shown: Capture.notes.length === 0
            width: parent.width
            kind: Capture.problem !== "" ? "failed" : Capture.ready || Capture.taken ? "ok" : "attention"
            text: Capture.problem !== "" ? Capture.problem : Capture.verdict
            more: Capture.problem !== "" ? Capture.problemMore : ""
        }
        Repeater {
            model: Capture.notes
            Note {
                required property var modelData
                width: parent.width
                kind: modelData.kind
                text: modelData.text
                more: modelData.more
            }
        }
        ActionButton {
            property bool shown: Capture.addLabel !== ""
            width: parent.width
            least: 112
            label: Capture.addLabel
            icon: "note_add"
            onActivated: Capture.addPage()
        }
        Txt {
            property bool shown: Capture.pagesLabel !== ""
            width: parent.width
            text: Capture.pagesLabel
        }
        Repeater {
            model: Capture.purpose.split("\n")
            Txt {
                required property string modelData
                property bool shown: Capture.notes.length < 2
                width: parent.width
                text: modelData
                color: Theme.inkSoft
            }
        }
    }
}
