pragma ComponentBehavior: Bound
import QtQuick
import Kiosk

// The top only tells: where this kiosk stands, the time, the line. Nothing here is touched.
Item {
    id: head
    property bool onDark: false
    readonly property color text: onDark ? Theme.barInk : Theme.ink
    readonly property color soft: onDark ? Theme.barInk : Theme.inkSoft
    height: Theme.headerHeight
    SideMark {
        id: mark
        x: Theme.margin
        anchors.verticalCenter: parent.verticalCenter
        side: Site.side
        up: Site.lineUp
        dot: Theme.laptop ? 24 : 28
        gap: Theme.laptop ? 40 : 60
        tone: head.onDark ? Theme.barInk : Theme.primary
    }
    Column {
        anchors.left: mark.right
        anchors.leftMargin: Theme.laptop ? 16 : 28
        anchors.verticalCenter: parent.verticalCenter
        Txt {
            text: Site.here
            color: head.text
            role: "strong"
            lineHeight: 0.9
            font.pixelSize: Theme.head
        }
        Txt {
            text: Site.name
            color: head.soft
            lineHeight: 0.9
            font.pixelSize: Theme.head
        }
    }
    Column {
        anchors.right: parent.right
        anchors.rightMargin: Theme.margin
        anchors.verticalCenter: parent.verticalCenter
        Txt {
            anchors.right: parent.right
            text: Site.clock
            color: head.text
            role: "strong"
            lineHeight: 0.9
            font.pixelSize: Theme.head
        }
        Txt {
            anchors.right: parent.right
            text: Site.line
            color: Site.lineUp || head.onDark ? head.soft : Theme.attention
            font.bold: !Site.lineUp
            lineHeight: 0.9
            font.pixelSize: Theme.head
        }
    }
    Rectangle {
        visible: !head.onDark
        anchors.bottom: parent.bottom
        width: parent.width
        height: Theme.black ? 4 : 2
        color: Theme.hairline
    }
}
