pragma ComponentBehavior: Bound
import QtQuick

// A symbol and a word, never a symbol alone.
Touchable {
    id: tile
    property string icon
    property string label
    property string note: ""
    property bool strong: false
    readonly property color tone: strong !== held ? Theme.primaryInk : Theme.primary
    spoken: note === "" ? label : label + ", " + note
    implicitHeight: 124
    Rectangle {
        anchors.fill: parent
        radius: Theme.radius
        color: tile.strong !== tile.held ? Theme.primary : Theme.surface
        border.width: Theme.black || Theme.white ? 4 : 0
        border.color: Theme.edge
    }
    Icon {
        id: symbol
        name: tile.icon
        size: Theme.px(56)
        x: 28
        anchors.verticalCenter: parent.verticalCenter
        color: tile.tone
    }
    Column {
        anchors.left: symbol.right
        anchors.leftMargin: 24
        anchors.right: parent.right
        anchors.rightMargin: 20
        anchors.verticalCenter: parent.verticalCenter
        Txt {
            width: parent.width
            text: tile.label
            role: "strong"
            color: tile.strong !== tile.held ? Theme.primaryInk : tile.held ? Theme.primary : Theme.ink
            lineHeight: 0.86
            Accessible.ignored: true
        }
        Txt {
            visible: tile.note !== ""
            width: parent.width
            text: tile.note
            color: tile.strong !== tile.held ? Theme.primaryInk : Theme.inkSoft
            lineHeight: 0.86
            Accessible.ignored: true
        }
    }
}
