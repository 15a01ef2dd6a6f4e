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
    property bool box: false        // on or off, beside others that may be on as well
    property bool shown: true
    property bool chevron: false
    property bool off: false
    role: radio ? Accessible.RadioButton : Accessible.Button
    spoken: [label, note, reason].filter(part => part !== "").join(", ")
    enabled: !off
    // never lower than its words, however low a page would have it
    property int least: Theme.laptop ? 104 : 148
    implicitHeight: Math.max(Theme.target, Theme.laptop ? Math.min(least, 104) : least, words.implicitHeight + (Theme.landscape ? 32 : 48))
    readonly property int lead: Theme.laptop ? 20 : 32
    Rectangle {
        anchors.fill: parent
        radius: Theme.radius
        color: o.held ? Theme.primary : o.checked ? Theme.surface : Theme.page
        border.width: o.checked ? 6 : o.off ? 2 : Theme.line
        border.color: o.checked ? Theme.primary : o.off ? Theme.hairline : Theme.edge
    }
    Icon {
        visible: o.radio || o.box
        id: mark
        x: o.lead
        anchors.verticalCenter: parent.verticalCenter
        size: 56
        color: o.held ? Theme.primaryInk : Theme.primary
        name: o.box ? (o.checked ? "check_box" : "check_box_outline_blank") : o.checked ? "radio_button_checked" : "radio_button_unchecked"
    }
    Rectangle {
        visible: o.badge !== ""
        id: number
        x: o.lead
        width: Theme.px(72)
        height: width
        radius: width / 2
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
        x: o.radio || o.box ? mark.x + mark.width + 24 : o.badge !== "" ? number.x + number.width + 28 : o.lead + 4
        width: parent.width - x - (o.icon !== "" || o.chevron ? way.width + o.lead + 16 : o.lead)
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
        id: way
        visible: (o.icon !== "" || o.chevron) && !o.off
        anchors.right: parent.right
        anchors.rightMargin: o.lead
        anchors.verticalCenter: parent.verticalCenter
        name: o.chevron ? "chevron_right" : o.icon
        color: o.held ? Theme.primaryInk : Theme.primary
        size: 60
    }
}
