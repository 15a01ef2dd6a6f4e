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
    reached: false
    pictureHeight: Capture.shots.length > 1 ? 720 : 840
    picture: Item {
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
            fillMode: Image.PreserveAspectCrop
            source: "../../../assets/pictures/guide.svg"
            sourceSize: Qt.size(960, 840)
            Accessible.ignored: true
        }
        Rectangle {
            id: said
            anchors.horizontalCenter: parent.horizontalCenter
            anchors.bottom: parent.bottom
            anchors.bottomMargin: 24
            width: say.width + 64
            height: Math.max(80, say.height + 40)
            radius: 40
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
                width: Math.min(Math.ceil(implicitWidth), said.parent.width - 104)
                horizontalAlignment: Text.AlignHCenter
            }
        }
    }
    Pager {
        anchors.fill: parent
        spacing: 28
        Note {
            shown: Capture.problem !== ""
            width: parent.width
            kind: "failed"
            text: Capture.problem
            more: Capture.problemMore
        }
        Note {
            shown: Capture.unsure && Capture.problem === ""
            width: parent.width
            kind: "attention"
            text: qsTrId("portrait.unsure")
            more: qsTrId("portrait.unsure_more")
        }
        Repeater {
            model: Capture.shots
            Touchable {
                id: shot
                required property var modelData
                required property int index
                width: Math.floor((parent.width - 2 * 28) / 3)
                height: 200
                role: Accessible.RadioButton
                checked: modelData.chosen
                spoken: modelData.label
                onActivated: Capture.choose(index)
                Rectangle {
                    anchors.fill: parent
                    color: Theme.surface
                    radius: Theme.radius
                    border.width: shot.modelData.chosen ? 10 : 3
                    border.color: shot.modelData.chosen ? Theme.primary : Theme.edge
                }
                Image {
                    anchors.centerIn: parent
                    height: 180
                    width: Math.min(160, parent.width - 24)
                    fillMode: Image.PreserveAspectFit
                    cache: false
                    source: shot.modelData.source
                    Accessible.ignored: true
                }
                Icon {
                    visible: shot.modelData.chosen
                    anchors.right: parent.right
                    anchors.bottom: parent.bottom
                    anchors.margins: 14
                    size: 52
                    grows: false
                    name: "check_circle"
                }
            }
        }
        Repeater {
            // large words leave room for the short of it
            model: Theme.large ? [Capture.purpose.split("\n")[0], qsTrId("portrait.purpose_short")] : Capture.purpose.split("\n")
            Txt {
                required property string modelData
                property bool shown: Capture.problem === "" && !Capture.unsure && !Capture.taken
                width: parent.width
                text: modelData
                color: Theme.inkSoft
            }
        }
    }
}
