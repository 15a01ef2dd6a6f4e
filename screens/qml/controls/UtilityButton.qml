pragma ComponentBehavior: Bound
import QtQuick

// One of the four words that stand on every page.
Touchable {
    id: u
    property string label
    property string icon
    spoken: label
    ring: Theme.barInk
    implicitHeight: 108
    implicitWidth: Math.max(row.implicitWidth + 16, 190)
    Rectangle {
        anchors.fill: parent
        visible: u.held
        radius: Theme.radius
        color: Theme.barInk
    }
    Row {
        id: row
        anchors.centerIn: parent
        spacing: 14
        Icon {
            name: u.icon
            size: 48
            color: u.held ? Theme.bar : Theme.barInk
            anchors.verticalCenter: parent.verticalCenter
        }
        Txt {
            text: u.label
            color: u.held ? Theme.bar : Theme.barInk
            wrapMode: Text.NoWrap
            lineHeight: 0.9
            font.pixelSize: Math.min(Theme.body, 40)
            anchors.verticalCenter: parent.verticalCenter
            Accessible.ignored: true
        }
    }
}
