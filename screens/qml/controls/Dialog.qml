pragma ComponentBehavior: Bound
import QtQuick

// A sheet over the page: title, body, and its own buttons; nothing behind it can be read or touched.
// What does not fit of the body goes to the next page of it; the buttons (`footer`) always stand.
Item {
    id: d
    property string title
    property string lead: ""
    default property alias content: body.content
    property alias footer: foot.data
    readonly property alias inner: body.columnWidth
    readonly property int pad: Theme.laptop ? 32 : 60
    readonly property int room: Theme.sheetHeight - 2 * edge - 2 * pad - heading.height - foot.height - 2 * Theme.s2
    readonly property int edge: Theme.landscape ? 12 : 24
    // low reach: what is touched of the sheet stands in the lower part
    readonly property bool low: Theme.lowReach
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
        id: sheet
        anchors.horizontalCenter: parent.horizontalCenter
        y: d.low ? parent.height - height - d.edge : Math.max(d.edge, (parent.height - height) * 0.56)
        width: Math.min(Theme.landscape ? Theme.sheetWidth - 2 * Theme.margin : 960, 1400)
        height: heading.height + body.height + foot.height + 2 * Theme.s2 + 2 * d.pad
        radius: 24
        color: Theme.page
        border.width: Theme.black ? 4 : 0
        border.color: Theme.edge
        Column {
            id: heading
            x: d.pad
            y: d.pad
            width: parent.width - 2 * d.pad
            spacing: Theme.s1
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
        }
        Pager {
            id: body
            x: d.pad
            width: heading.width
            y: heading.y + heading.height + Theme.s2
            height: Math.min(wanted, d.low ? Math.min(d.room, Theme.sheetHeight - Theme.reach - foot.height - d.pad - d.edge - Theme.s2) : d.room)
        }
        Flow {
            id: foot
            x: d.pad
            width: heading.width
            y: body.y + body.height + Theme.s2
            spacing: Theme.s2
        }
    }
}
