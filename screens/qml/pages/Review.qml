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
                readonly property real end: modelData.locked ? from.width : change.width
                readonly property real room: width - end - 40 - (modelData.masked ? Math.max(196, whole.fit) + 24 : 0)
                readonly property bool stacked: Theme.large || modelData.masked && number.implicitWidth > room
                readonly property real below: words.height + 8 + (modelData.masked ? whole.height + 16 : 0)
                height: stacked ? below + (modelData.locked ? from.height : change.height) + 20 : Math.max(112, words.height + 16)
                Column {
                    id: words
                    y: line.stacked ? 0 : (parent.height - height) / 2
                    width: line.stacked ? parent.width : line.room
                    Txt {
                        width: parent.width
                        text: line.modelData.label
                        color: Theme.inkSoft
                        lineHeight: 0.86
                    }
                    Txt {
                        id: number
                        width: parent.width
                        text: line.modelData.value
                        role: "strong"
                        lineHeight: 0.9
                    }
                }
                ActionButton {
                    id: whole
                    visible: line.modelData.masked
                    x: line.stacked ? 0 : parent.width - line.end - 24 - width
                    y: line.stacked ? words.height + 8 : (parent.height - height) / 2
                    width: line.stacked ? parent.width : Math.max(196, fit)
                    least: Theme.target
                    icon: line.modelData.whole ? "visibility_off" : "visibility"
                    label: line.modelData.whole ? qsTrId("review.mask") : qsTrId("review.whole")
                    spoken: label + ", " + line.modelData.label
                    onActivated: Review.turnMask(line.modelData.fact)
                }
                ActionButton {
                    id: change
                    visible: !line.modelData.locked
                    x: line.stacked ? 0 : parent.width - width
                    y: line.stacked ? line.below : (parent.height - height) / 2
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
                    y: line.stacked ? line.below : (parent.height - height) / 2
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
