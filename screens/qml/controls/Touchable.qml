pragma ComponentBehavior: Bound
import QtQuick

// What can be touched: counts only if the touch starts and ends inside, inverts while it is held.
Item {
    id: root
    property string spoken
    property int role: Accessible.Button
    property bool checked: false
    property color ring: Theme.primary
    property int ringInset: 0       // how far inside what is touched the ring of the keypad goes round
    readonly property bool held: tap.pressed
    signal activated
    activeFocusOnTab: enabled
    Accessible.role: root.role
    Accessible.name: root.spoken
    Accessible.focusable: true
    Accessible.checkable: root.role === Accessible.RadioButton
    Accessible.checked: root.checked
    Accessible.onPressAction: root.activated()
    Keys.onSpacePressed: root.activated()
    Keys.onReturnPressed: root.activated()
    TapHandler {
        id: tap
        gesturePolicy: TapHandler.ReleaseWithinBounds
        onTapped: root.activated()
    }
    Rectangle {
        visible: root.activeFocus
        anchors.fill: parent
        anchors.margins: -10
        radius: Theme.radius + 10
        color: "transparent"
        border.width: 6
        border.color: root.ring
        z: 2
    }
}
