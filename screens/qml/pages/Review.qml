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
    Pager {
        anchors.fill: parent
        spacing: 0
        Note {
            width: parent.width
            text: Review.fee
        }
        Item {
            width: parent.width
            height: 16
        }
        Repeater {
            model: Review.lines
            Item {
                id: line
                required property var modelData
                width: parent.width
                readonly property real aside: modelData.locked ? from.width : change.width
                readonly property bool stacked: Theme.large
                height: stacked ? words.height + Math.max(modelData.locked ? from.height : change.height, 0) + 28 : Math.max(112, words.height + 16)
                Column {
                    id: words
                    y: line.stacked ? 0 : (parent.height - height) / 2
                    width: line.stacked ? parent.width : parent.width - line.aside - 40
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
                    id: change
                    visible: !line.modelData.locked
                    x: line.stacked ? 0 : parent.width - width
                    y: line.stacked ? words.height + 8 : (parent.height - height) / 2
                    width: line.stacked ? parent.width : Math.max(196, fit)
                    least: Theme.target
                    label: qsTrId("review.change")
                    spoken: qsTrId("review.change") + ", " + line.modelData.label
                    onActivated: Review.change(line.modelData.step)
                }
                Row {
                    id: from
                    visible: line.modelData.locked
                    x: line.stacked ? 0 : parent.width - width
                    y: line.stacked ? words.height + 8 : (parent.height - height) / 2
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
    }
}
