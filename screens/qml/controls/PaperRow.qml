pragma ComponentBehavior: Bound
import QtQuick

// A paper to bring, and how many matters look at it; the first of a list carries the heading.
Item {
    id: paper
    property string heading: ""
    property string icon: "description"
    property string label: ""
    property string note: ""
    readonly property real above: heading === "" ? 0 : head.height
    width: parent ? parent.width : 0
    implicitHeight: paper.above + Math.max(88, words.height + 4)
    Txt {
        id: head
        visible: paper.heading !== ""
        width: parent.width
        text: paper.heading
        role: "h2"
        bottomPadding: 16
    }
    Icon {
        x: 16
        y: paper.above + (parent.height - paper.above - height) / 2
        name: paper.icon
        size: 52
    }
    Column {
        id: words
        x: 100
        y: paper.above + (parent.height - paper.above - height) / 2
        width: parent.width - 100
        Txt {
            width: parent.width
            text: paper.label
            role: "strong"
            lineHeight: 0.92
        }
        Txt {
            visible: paper.note !== ""
            width: parent.width
            text: paper.note
            color: Theme.inkSoft
            lineHeight: 0.92
        }
    }
    Rectangle {
        anchors.bottom: parent.bottom
        anchors.bottomMargin: -11
        width: parent.width
        height: 2
        color: Theme.hairline
    }
}
