pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// Live view with an oval, one sentence at a time, and a way without a photo of equal standing.
KioskPage {
    title: Capture.title
    next: Capture.nextLabel
    ready: Capture.canGoOn
    nextIcon: Capture.taken ? "arrow_forward" : "photo_camera"
    second: Capture.taken ? qsTrId("capture.retake") : Capture.otherWayLabel
    secondIcon: Capture.taken ? "replay" : ""
    onNextPressed: Capture.goOn()
    onSecondPressed: Capture.taken ? Capture.retake() : Capture.otherWay()
    Column {
        width: parent.width
        spacing: 28
        Item {
            width: 960
            height: 840
            Rectangle {
                anchors.fill: parent
                radius: Theme.radius
                color: Theme.ink
            }
            Image {
                anchors.fill: parent
                fillMode: Capture.taken ? Image.PreserveAspectFit : Image.PreserveAspectCrop
                cache: false
                source: Capture.picture
                Accessible.role: Accessible.Graphic
                Accessible.name: qsTrId("portrait.view")
            }
            Image {
                visible: !Capture.taken
                anchors.fill: parent
                source: "../../../assets/pictures/guide.svg"
                sourceSize: Qt.size(960, 840)
                Accessible.ignored: true
            }
            Rectangle {
                anchors.horizontalCenter: parent.horizontalCenter
                anchors.bottom: parent.bottom
                anchors.bottomMargin: 24
                width: Math.min(920, say.implicitWidth + 80)
                height: 112
                radius: 56
                color: Capture.ready || Capture.taken ? Theme.page : Theme.accent
                border.width: Capture.ready || Capture.taken ? 6 : 0
                border.color: Theme.ok
                Txt {
                    id: say
                    anchors.centerIn: parent
                    text: Capture.verdict
                    role: "h2"
                    color: Capture.ready || Capture.taken ? Theme.ok : Theme.accentInk
                    lineHeight: 0.9
                    wrapMode: Text.NoWrap
                }
            }
        }
        Note {
            visible: Capture.problem !== ""
            width: parent.width
            kind: "failed"
            text: Capture.problem
            more: Capture.problemMore
        }
        Txt {
            visible: Capture.problem === ""
            width: parent.width
            text: Capture.purpose
            color: Theme.inkSoft
        }
    }
}
