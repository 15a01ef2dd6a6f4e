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
                anchors.rightMargin: choices.visible ? choices.width : 0
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
            Column {
                id: choices
                visible: Capture.shots.length > 0
                width: 264
                anchors.right: parent.right
                anchors.rightMargin: 24
                anchors.top: parent.top
                anchors.topMargin: 24
                spacing: 24
                Repeater {
                    model: Capture.shots
                    Touchable {
                        id: shot
                        required property var modelData
                        required property int index
                        width: 240
                        height: 200
                        role: Accessible.RadioButton
                        checked: modelData.chosen
                        spoken: modelData.label
                        ring: Theme.page
                        onActivated: Capture.choose(index)
                        Image {
                            anchors.centerIn: parent
                            height: 180
                            width: 160
                            fillMode: Image.PreserveAspectFit
                            cache: false
                            source: shot.modelData.source
                            Accessible.ignored: true
                        }
                        Rectangle {
                            anchors.fill: parent
                            color: "transparent"
                            radius: Theme.radius
                            border.width: shot.modelData.chosen ? 10 : 3
                            border.color: shot.modelData.chosen ? Theme.accent : Theme.barEdge
                        }
                        Icon {
                            visible: shot.modelData.chosen
                            anchors.right: parent.right
                            anchors.bottom: parent.bottom
                            anchors.margins: 14
                            size: 52
                            name: "check_circle"
                            color: Theme.accent
                        }
                    }
                }
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
        Note {
            visible: Capture.unsure && Capture.problem === ""
            width: parent.width
            kind: "attention"
            text: qsTrId("portrait.unsure")
            more: qsTrId("portrait.unsure_more")
        }
        Txt {
            visible: Capture.problem === "" && !Capture.unsure
            width: parent.width
            text: Capture.purpose
            color: Theme.inkSoft
        }
    }
}
