pragma ComponentBehavior: Bound
import QtQuick

// Three figures that tell what something comes to: value above, what it is below.
Rectangle {
    id: box
    property var figures: []
    readonly property int share: figures.length > 0 ? (width - 72 - 24 * (figures.length - 1)) / figures.length : 0
    implicitHeight: words.height + 48
    radius: Theme.radius
    color: Theme.surface
    border.width: Theme.black || Theme.white ? 4 : 0
    border.color: Theme.edge
    Row {
        id: words
        x: 36
        y: 24
        spacing: 24
        Repeater {
            model: box.figures
            Column {
                id: figure
                required property var modelData
                width: box.share
                Txt {
                    width: parent.width
                    text: figure.modelData.label
                    color: Theme.inkSoft
                    lineHeight: 0.9
                }
                Txt {
                    width: parent.width
                    text: figure.modelData.value
                    role: "strong"
                    color: Theme.primary
                    lineHeight: 0.9
                }
            }
        }
    }
}
