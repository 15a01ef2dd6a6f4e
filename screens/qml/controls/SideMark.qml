pragma ComponentBehavior: Bound
import QtQuick

// Two shores and the line between them: filled shore = where you stand, broken line = the line is down.
Item {
    id: mark
    property int side: 0            // 0 Hong Kong, 1 Guangdong
    property bool up: true
    property color tone: Theme.primary
    property int dot: 28
    property int gap: 60
    implicitWidth: dot * 2 + gap
    implicitHeight: dot
    Repeater {
        model: mark.up ? 1 : 2
        Rectangle {
            required property int index
            x: mark.up ? mark.dot - 2 : (index === 0 ? mark.dot - 2 : mark.dot + mark.gap * 0.66)
            width: mark.up ? mark.gap + 4 : mark.gap * 0.34 + 2
            height: Math.max(4, mark.dot / 4)
            y: (mark.dot - height) / 2
            color: mark.tone
        }
    }
    Repeater {
        model: 2
        Rectangle {
            required property int index
            x: index * (mark.dot + mark.gap)
            width: mark.dot
            height: mark.dot
            radius: mark.dot / 2
            color: mark.side === index ? mark.tone : "transparent"
            border.width: Math.max(4, mark.dot / 6)
            border.color: mark.tone
        }
    }
}
