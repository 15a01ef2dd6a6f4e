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
    implicitHeight: Math.max(laid, words.implicitHeight + (Theme.laptop ? 6 : 32))
    property int laid: Math.max(Theme.target, Theme.laptop ? 96 : Theme.px(124))
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
        size: Theme.laptop ? 36 : 56
        x: Theme.laptop ? 12 : 28
        anchors.verticalCenter: parent.verticalCenter
        color: tile.tone
    }
    Column {
        id: words
        anchors.left: symbol.right
        anchors.leftMargin: Theme.laptop ? 10 : 24
        anchors.right: parent.right
        anchors.rightMargin: Theme.laptop ? 4 : 20
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
