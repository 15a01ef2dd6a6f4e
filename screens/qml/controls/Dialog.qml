pragma ComponentBehavior: Bound
import QtQuick

// A sheet over the page: title, body, and its own buttons; nothing behind it can be read or touched.
Item {
    id: d
    property string title
    property string lead: ""
    default property alias content: body.data
    readonly property alias inner: body.width
    anchors.fill: parent
    Accessible.role: Accessible.Dialog
    Accessible.name: title
    Rectangle {
        anchors.fill: parent
        color: Theme.scrim
    }
    // swallows every touch that misses the sheet
    MouseArea {
        anchors.fill: parent
        Accessible.ignored: true
    }
    Rectangle {
        anchors.horizontalCenter: parent.horizontalCenter
        y: Math.max(24, (parent.height - height) * 0.56)
        width: Math.min(960, parent.width - 2 * Theme.margin)
        height: sheet.height + 120
        radius: 24
        color: Theme.page
        border.width: Theme.black ? 4 : 0
        border.color: Theme.edge
        Column {
            id: sheet
            x: 60
            y: 60
            width: parent.width - 120
            spacing: Theme.s2
            Txt {
                width: parent.width
                role: "h1"
                text: d.title
            }
            Txt {
                visible: d.lead !== ""
                width: parent.width
                text: d.lead
            }
            Column {
                id: body
                width: parent.width
                spacing: Theme.s2
            }
        }
    }
}
