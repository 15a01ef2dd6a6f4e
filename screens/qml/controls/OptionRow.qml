pragma ComponentBehavior: Bound
import QtQuick

// One of a few answers or ways on: label, consequence, state.
Touchable {
    id: o
    property string label
    property string note: ""
    property string icon: ""
    property string badge: ""
    property string reason: ""
    property bool radio: false
    property bool chevron: false
    property bool off: false
    role: radio ? Accessible.RadioButton : Accessible.Button
    spoken: [label, note, reason].filter(part => part !== "").join(", ")
    enabled: !off
    implicitHeight: Math.max(148, words.implicitHeight + 48)
    Rectangle {
        anchors.fill: parent
        radius: Theme.radius
        color: o.held ? Theme.primary : o.checked ? Theme.surface : Theme.page
        border.width: o.checked ? 6 : o.off ? 2 : Theme.line
        border.color: o.checked ? Theme.primary : o.off ? Theme.hairline : Theme.edge
    }
    Icon {
        visible: o.radio
        x: 32
        anchors.verticalCenter: parent.verticalCenter
        size: 64
        color: o.held ? Theme.primaryInk : Theme.primary
        name: o.checked ? "radio_button_checked" : "radio_button_unchecked"
    }
    Rectangle {
        visible: o.badge !== ""
        x: 32
        width: 72
        height: 72
        radius: 36
        color: Theme.primary
        anchors.verticalCenter: parent.verticalCenter
        Txt {
            anchors.centerIn: parent
            text: o.badge
            role: "strong"
            color: Theme.primaryInk
            lineHeight: 0.9
            Accessible.ignored: true
        }
    }
    Column {
        id: words
        x: o.radio || o.badge !== "" ? 136 : 36
        width: parent.width - x - (o.icon !== "" || o.chevron ? 128 : 32)
        anchors.verticalCenter: parent.verticalCenter
        Txt {
            width: parent.width
            text: o.label
            role: "strong"
            color: o.held ? Theme.primaryInk : o.off ? Theme.inkSoft : Theme.ink
            font.pixelSize: Theme.px(40)
            lineHeight: 0.92
            Accessible.ignored: true
        }
        Txt {
            visible: o.note !== ""
            width: parent.width
            text: o.note
            color: o.held ? Theme.primaryInk : Theme.inkSoft
            lineHeight: 0.92
            Accessible.ignored: true
        }
        Txt {
            visible: o.reason !== ""
            width: parent.width
            text: o.reason
            role: "strong"
            color: o.held ? Theme.primaryInk : Theme.attention
            lineHeight: 0.92
            Accessible.ignored: true
        }
    }
    Icon {
        visible: (o.icon !== "" || o.chevron) && !o.off
        anchors.right: parent.right
        anchors.rightMargin: 32
        anchors.verticalCenter: parent.verticalCenter
        name: o.chevron ? "chevron_right" : o.icon
        color: o.held ? Theme.primaryInk : Theme.primary
        size: 64
    }
}
