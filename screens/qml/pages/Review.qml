pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// Every answer, masked where it identifies, Change on each that may be changed.
KioskPage {
    title: qsTrId("review.title")
    lead: Review.lead
    next: qsTrId("bar.next")
    onNextPressed: Visit.next()
    Column {
        width: parent.width
        Rectangle {
            width: parent.width
            height: 3
            color: Theme.primary
        }
        Repeater {
            model: Review.lines
            Item {
                id: line
                required property var modelData
                width: parent.width
                height: Math.max(112, words.implicitHeight + 16)
                Column {
                    id: words
                    anchors.verticalCenter: parent.verticalCenter
                    width: parent.width - 250
                    Txt {
                        width: parent.width
                        text: line.modelData.label
                        color: Theme.inkSoft
                        lineHeight: 0.86
                    }
                    Txt {
                        width: parent.width
                        text: line.modelData.value
                        role: "strong"
                        lineHeight: 0.9
                    }
                }
                ActionButton {
                    visible: !line.modelData.locked
                    anchors.right: parent.right
                    anchors.verticalCenter: parent.verticalCenter
                    width: 196
                    implicitHeight: 96
                    label: qsTrId("review.change")
                    spoken: qsTrId("review.change") + ", " + line.modelData.label
                    onActivated: Review.change(line.modelData.step)
                }
                Row {
                    visible: line.modelData.locked
                    anchors.right: parent.right
                    anchors.verticalCenter: parent.verticalCenter
                    spacing: 8
                    Icon {
                        name: "credit_card"
                        size: 44
                        color: Theme.inkSoft
                        anchors.verticalCenter: parent.verticalCenter
                    }
                    Txt {
                        text: line.modelData.source
                        color: Theme.inkSoft
                        lineHeight: 0.9
                        wrapMode: Text.NoWrap
                        anchors.verticalCenter: parent.verticalCenter
                    }
                }
                Rectangle {
                    anchors.bottom: parent.bottom
                    width: parent.width
                    height: 2
                    color: Theme.hairline
                }
            }
        }
        Item {
            width: 1
            height: 20
        }
        ActionButton {
            visible: Review.pages > 1
            width: parent.width
            implicitHeight: 112
            label: Review.pageText
            icon: "expand_more"
            onActivated: Review.more()
        }
    }
    Note {
        anchors.bottom: parent.bottom
        width: parent.width
        text: Review.fee
    }
}
