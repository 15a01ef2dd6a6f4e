pragma ComponentBehavior: Bound
import QtQuick
import Kiosk

// The frame of staff pages: dark header, a band that says who is here, the body, a bar of its own.
Item {
    id: f
    property string band
    property string note: ""
    property string aside: ""       // the label of the language button
    property alias heading: head.data   // read first, and clear of the language button above it
    default property alias content: body.data
    property alias footer: foot.data
    readonly property int barHeight: Theme.laptop ? 120 : 176
    signal turned
    x: -Theme.margin
    y: Theme.laptop ? -20 : -Theme.s3
    width: Theme.sheetWidth
    height: Theme.sheetHeight
    Rectangle {
        anchors.fill: parent
        color: Theme.page
    }
    Rectangle {
        id: top
        width: parent.width
        height: Theme.headerHeight
        color: Theme.bar
        StatusHeader {
            width: parent.width
            onDark: true
        }
    }
    Rectangle {
        id: strip
        y: top.height
        width: parent.width
        height: 112
        color: Theme.attentionSurface
        border.width: Theme.black || Theme.white ? 4 : 0
        border.color: Theme.attention
        Icon {
            id: tool
            x: Theme.margin
            anchors.verticalCenter: parent.verticalCenter
            name: "build"
            size: 44
            color: Theme.attention
        }
        Txt {
            x: tool.x + 60
            width: turn.x - x - 24
            anchors.verticalCenter: parent.verticalCenter
            text: f.note === "" ? f.band : f.band + "　" + f.note
            role: "strong"
            font.pixelSize: 32
            color: Theme.attention
        }
    }
    Item {
        id: head
        x: body.x
        y: body.y
        width: body.width - turn.width - 24
    }
    ActionButton {
        id: turn
        anchors.right: parent.right
        anchors.rightMargin: Theme.margin
        y: strip.y + 8
        least: 96
        height: 96
        width: 220
        label: f.aside
        onActivated: f.turned()
    }
    Item {
        id: body
        x: Theme.margin
        y: strip.y + strip.height + Theme.s2
        width: parent.width - 2 * Theme.margin
        height: parent.height - y - f.barHeight - Theme.s2
    }
    Rectangle {
        y: parent.height - f.barHeight
        width: parent.width
        height: f.barHeight
        color: Theme.bar
        Row {
            id: foot
            x: Theme.margin
            anchors.verticalCenter: parent.verticalCenter
            spacing: 24
        }
    }
}
