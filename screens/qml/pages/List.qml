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
    Column {
        width: parent.width
        Note {
            visible: Entries.problem !== ""
            width: parent.width
            kind: "failed"
            text: Entries.problem
        }
        Note {
            visible: Entries.rows.length === 0
            width: parent.width
            text: qsTrId("list.empty")
            more: qsTrId("list.empty_more")
        }
        Rectangle {
            visible: Entries.rows.length > 0
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
                height: Math.max(136, words.implicitHeight + 24)
                Column {
                    id: words
                    anchors.verticalCenter: parent.verticalCenter
                    width: parent.width - 2 * 196 - 56
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
                    anchors.right: remove.left
                    anchors.rightMargin: 24
                    anchors.verticalCenter: parent.verticalCenter
                    width: 196
                    implicitHeight: 96
                    label: qsTrId("review.change")
                    spoken: qsTrId("review.change") + ", " + line.modelData.label
                    onActivated: Entries.change(line.modelData.id)
                }
                ActionButton {
                    id: remove
                    anchors.right: parent.right
                    anchors.verticalCenter: parent.verticalCenter
                    width: 196
                    implicitHeight: 96
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
        Item {
            width: 1
            height: 24
        }
        ActionButton {
            visible: Entries.pages > 1
            width: parent.width
            implicitHeight: 112
            label: Entries.pageText
            icon: "expand_more"
            onActivated: Entries.more()
        }
    }
}
