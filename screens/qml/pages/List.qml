pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// Entries of one kind: each can be changed and removed, one more added while there is room.
KioskPage {
    title: Entries.title
    lead: Entries.lead
    next: Entries.nextLabel
    nextIcon: Entries.enough ? "arrow_forward" : ""
    ready: Entries.enough
    second: Entries.canAdd ? qsTrId("list.add") : ""
    secondIcon: "add"
    onNextPressed: Visit.next()
    onSecondPressed: Entries.add()
    Pager {
        anchors.fill: parent
        spacing: 16
        Note {
            shown: Entries.problem !== ""
            width: parent.width
            kind: "failed"
            text: Entries.problem
        }
        Note {
            shown: Entries.rows.length === 0
            width: parent.width
            text: qsTrId("list.empty")
            more: qsTrId("list.empty_more")
        }
        Rectangle {
            property bool shown: Entries.rows.length > 0
            width: parent.width
            height: 3
            color: Theme.primary
        }
        Repeater {
            model: Entries.rows
            Item {
                id: line
                required property var modelData
                width: parent.width
                readonly property bool stacked: Theme.large
                height: stacked ? words.height + change.height + 40 : Math.max(change.height + 24, words.height + 24)
                Column {
                    id: words
                    y: line.stacked ? 0 : (parent.height - height) / 2
                    width: line.stacked ? parent.width : parent.width - change.width - remove.width - 56
                    Txt {
                        width: parent.width
                        text: line.modelData.label
                        color: Theme.inkSoft
                        lineHeight: 0.9
                    }
                    Txt {
                        width: parent.width
                        text: line.modelData.value
                        role: "strong"
                        wrapMode: Text.WrapAnywhere
                        lineHeight: 0.9
                    }
                }
                ActionButton {
                    id: change
                    x: line.stacked ? 0 : remove.x - width - 24
                    y: line.stacked ? words.height + 16 : (parent.height - height) / 2
                    width: line.stacked ? (parent.width - 24) / 2 : Math.max(196, fit)
                    least: Theme.target
                    label: qsTrId("review.change")
                    spoken: qsTrId("review.change") + ", " + line.modelData.label
                    onActivated: Entries.change(line.modelData.id)
                }
                ActionButton {
                    id: remove
                    x: parent.width - width
                    y: change.y
                    width: line.stacked ? (parent.width - 24) / 2 : Math.max(196, fit)
                    least: Theme.target
                    label: qsTrId("list.remove")
                    spoken: qsTrId("list.remove") + ", " + line.modelData.label
                    onActivated: Entries.remove(line.modelData.id)
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
