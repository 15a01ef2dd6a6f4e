pragma ComponentBehavior: Bound
import QtQuick

// One of the four words that stand on every page.
Touchable {
    id: u
    property string label
    property string icon
    property bool marked: true      // the symbol gives way where two words share a row of a narrow column
    spoken: label
    ring: Theme.barInk
    implicitWidth: Math.ceil(row.implicitWidth)
    implicitHeight: Math.max(Theme.target, Theme.landscape ? 96 : 108)
    Rectangle {
        anchors.fill: parent
        visible: u.held
        radius: Theme.radius
        color: Theme.barInk
    }
    Row {
        id: row
        anchors.verticalCenter: parent.verticalCenter
        x: Theme.landscape && u.marked ? 12 : (parent.width - width) / 2
        spacing: Theme.laptop ? 12 : Theme.landscape ? 24 : 14
        Icon {
            visible: u.marked
            name: u.icon
            size: 44
            grows: !Theme.landscape
            color: u.held ? Theme.bar : Theme.barInk
            anchors.verticalCenter: parent.verticalCenter
        }
        Txt {
            text: u.label
            color: u.held ? Theme.bar : Theme.barInk
            wrapMode: Text.NoWrap
            lineHeight: 0.9
            font.pixelSize: Theme.barPx(36)
            anchors.verticalCenter: parent.verticalCenter
            Accessible.ignored: true
        }
    }
}
