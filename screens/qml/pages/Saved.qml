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
    Column {
        width: parent.width
        Image {
            width: 960
            height: 260
            source: "../../../assets/pictures/saved.svg"
            sourceSize: Qt.size(960, 260)
            fillMode: Image.PreserveAspectFit
            Accessible.ignored: true
        }
        Txt {
            topPadding: 24
            text: qsTrId("slip.number")
            color: Theme.inkSoft
        }
        Txt {
            text: Slip.number
            role: "display"
            color: Theme.primary
            font.pixelSize: 84
            bottomPadding: 24
        }
        Repeater {
            model: Slip.states
            Item {
                id: entry
                required property var modelData
                required property int index
                width: parent.width
                height: Math.max(124, words.height + 24)
                Rectangle {
                    visible: entry.index < 2
                    x: 27
                    y: 68
                    width: 6
                    height: parent.height - 60
                    color: entry.modelData.state === "done" ? Theme.primary : Theme.hairline
                }
                Rectangle {
                    y: 8
                    width: 60
                    height: 60
                    radius: 30
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
                    x: 96
                    width: parent.width - 96
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
        Item {
            width: 1
            height: 20
        }
        Note {
            width: parent.width
            kind: "ok"
            text: qsTrId("saved.today")
            more: qsTrId("saved.leave")
        }
    }
}
