pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// What is true now: saved, waiting or delivered; the number that proves it.
KioskPage {
    title: Slip.title
    hasBack: false
    next: Slip.printLabel
    nextIcon: Slip.canPrint ? "print" : "arrow_forward"
    onNextPressed: Slip.goOn()
    reached: false
    pictureHeight: 260
    picture: Theme.laptop || Theme.textScale > 1.5 ? null : drawing
    Component {
        id: drawing
        Image {
            source: "../../../assets/pictures/saved.svg"
            sourceSize: Qt.size(960, 260)
            fillMode: Image.PreserveAspectFit
            verticalAlignment: Image.AlignTop
            Accessible.ignored: true
        }
    }
    Pager {
        anchors.fill: parent
        spacing: 12
        Column {
            width: parent.width
            Txt {
                width: parent.width
                text: qsTrId("slip.number")
                color: Theme.inkSoft
            }
            Txt {
                width: parent.width
                text: Slip.number
                role: "display"
                color: Theme.primary
                font.pixelSize: Theme.laptop ? Theme.px(60) : Theme.px(84)
            }
        }
        Repeater {
            model: Slip.states
            Item {
                id: entry
                required property var modelData
                required property int index
                width: parent.width
                height: Math.max(knot.height + 28, words.height + 12)
                Rectangle {
                    visible: entry.index < 2
                    x: knot.width / 2 - 3
                    y: knot.y + knot.height
                    width: 6
                    height: parent.height - knot.height + 12
                    color: entry.modelData.state === "done" ? Theme.primary : Theme.hairline
                }
                Rectangle {
                    id: knot
                    y: 8
                    width: Theme.px(60)
                    height: width
                    radius: width / 2
                    color: entry.modelData.state === "done" ? Theme.primary : Theme.page
                    border.width: 6
                    border.color: entry.modelData.state === "later" ? Theme.edge : Theme.primary
                    Icon {
                        visible: entry.modelData.state === "done"
                        anchors.centerIn: parent
                        name: "done"
                        size: 44
                        color: Theme.primaryInk
                    }
                    Rectangle {
                        visible: entry.modelData.state === "now"
                        anchors.centerIn: parent
                        width: 24
                        height: 24
                        radius: 12
                        color: Theme.primary
                    }
                }
                Column {
                    id: words
                    x: knot.width + 36
                    width: parent.width - x
                    y: 4
                    Txt {
                        width: parent.width
                        text: entry.modelData.label
                        role: "strong"
                        lineHeight: 0.95
                        color: entry.modelData.state === "later" ? Theme.inkSoft : Theme.ink
                    }
                    Txt {
                        width: parent.width
                        text: entry.modelData.note
                        color: Theme.inkSoft
                        lineHeight: 0.95
                    }
                }
            }
        }
        Note {
            width: parent.width
            kind: "ok"
            text: qsTrId("saved.today")
            more: qsTrId("saved.leave")
        }
    }
}
