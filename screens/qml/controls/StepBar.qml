pragma ComponentBehavior: Bound
import QtQuick
import Kiosk

// "Step n of m", the step's short name, one segment a step.
Item {
    id: bar
    height: Theme.stepHeight - 14
    readonly property int line: Theme.landscape ? 56 : 66
    Txt {
        id: count
        y: Theme.landscape ? -2 : 10
        text: Visit.stepText
        role: "strong"
        color: Theme.primary
        font.pixelSize: Theme.head
        lineHeight: 0.9
    }
    Txt {
        anchors.right: parent.right
        y: count.y
        text: Visit.stepName
        color: Theme.inkSoft
        font.pixelSize: Theme.head
        lineHeight: 0.9
    }
    Row {
        y: bar.line
        spacing: 8
        Repeater {
            model: Visit.steps
            Rectangle {
                required property int index
                width: (bar.width - (Visit.steps - 1) * 8) / Visit.steps
                height: Theme.landscape ? 10 : 14
                radius: height / 2
                color: index < Visit.step ? Theme.primary : Theme.idle
                border.width: Theme.black ? 3 : 0
                border.color: Theme.primary
            }
        }
    }
}
