pragma ComponentBehavior: Bound
import QtQuick

// One key; the touch cell fills the gap to its neighbours.
Touchable {
    id: k
    property string label
    property string icon: ""
    property bool special: false
    property int face: 96
    width: face + 10
    implicitHeight: 116
    spoken: label
    activeFocusOnTab: false
    Accessible.role: Accessible.Button
    Rectangle {
        x: 5
        y: 6
        width: k.face
        height: 104
        radius: Theme.radius
        color: k.held ? Theme.primary : k.special ? Theme.keySpecial : Theme.page
        border.width: Theme.black || Theme.white ? 4 : 0
        border.color: Theme.edge
        Icon {
            visible: k.icon !== ""
            name: k.icon
            size: 48
            anchors.centerIn: parent
            color: k.held ? Theme.primaryInk : Theme.ink
        }
        Txt {
            visible: k.icon === ""
            anchors.centerIn: parent
            text: k.label
            role: k.special ? "strong" : "body"
            font.pixelSize: k.special ? 36 : 44
            lineHeight: 0.9
            wrapMode: Text.NoWrap
            color: k.held ? Theme.primaryInk : Theme.ink
            Accessible.ignored: true
        }
    }
}
