pragma ComponentBehavior: Bound
import QtQuick
import Kiosk

// A page: one title, an optional lead, an optional picture, one body; it says what the bar offers, the bar stands in Main.
// The picture stands above the body, on a landscape sheet beside it, and in low reach above everything that is touched.
Item {
    id: root
    property string title: ""
    property string lead: ""
    property string next: ""
    property string nextIcon: "arrow_forward"
    property bool ready: true       // false: the next action is elsewhere; the button says what it waits for
    property string second: Visit.mattersLabel
    property string secondIcon: ""
    property bool hasBack: true
    property bool bare: false       // the first screen: no bar, dark header
    property bool reached: true     // false: nothing in the body is touched, so low reach leaves it where it is
    property bool typed: false      // a keyboard stands on it: a landscape sheet gives it the room of header and step bar
    property bool aside: false      // the picture stands beside the body on a portrait sheet as well
    property real pictureShare: 0.4
    property Component picture: null
    property real pictureHeight: 460    // as high as it stands on a portrait sheet of size 1
    default property alias content: body.data
    readonly property alias bodyHeight: body.height
    readonly property alias bodyWidth: body.width
    readonly property bool low: Theme.lowReach && !bare && reached
    readonly property bool beside: picture !== null && (Theme.landscape || aside && !Theme.large)
    readonly property bool crowded: typed && Theme.landscape
    property real titleShare: 1     // how much of the width the title has
    readonly property alias bodyTop: body.y
    // where this page begins on the sheet
    readonly property int from: bare || crowded ? 0 : Theme.headerHeight + (Visit.step > 0 ? Theme.stepHeight : 0)
    readonly property int panel: low ? Theme.reach - from : 0
    readonly property int gap: crowded ? 12 : Theme.laptop || typed && Theme.large ? 20 : Theme.s3
    signal nextPressed
    signal secondPressed
    onSecondPressed: {
        if (root.second === Visit.mattersLabel)
            Visit.lookAtMatters();
    }
    Rectangle {
        visible: root.low
        width: parent.width
        height: root.panel
        color: Theme.surface
        border.width: Theme.black || Theme.white ? 4 : 0
        border.color: Theme.edge
    }
    Column {
        id: titles
        x: Theme.margin
        width: (parent.width - 2 * Theme.margin) * root.titleShare
        y: root.low && root.picture === null ? Math.max(root.gap, (root.panel - height) / 2) : root.gap
        spacing: 10
        Txt {
            visible: root.title !== ""
            width: parent.width
            role: Theme.care || root.low && root.picture === null ? "display" : "h1"
            font.pixelSize: role === "h1" ? Theme.h1 : Math.min(Theme.display, root.low ? 102 : Theme.laptop ? 64 : 92)
            text: root.title
        }
        Txt {
            visible: text !== ""
            width: parent.width
            text: root.low && root.picture === null ? qsTrId("short.low_note") : root.beside && Theme.laptop && Theme.textScale > 1 ? "" : root.lead
            color: Theme.inkSoft
        }
        SideMark {
            visible: root.low && root.picture === null
            side: Site.side
            up: Site.lineUp
            dot: 56
            gap: 240
        }
    }
    Loader {
        id: frame
        active: root.picture !== null
        visible: active
        sourceComponent: root.picture
        readonly property real under: titles.y + titles.height + root.gap
        x: Theme.margin
        y: under
        width: root.beside ? Math.floor(body.full * root.pictureShare) : body.full
        height: root.low ? root.panel - under - root.gap : root.beside ? root.height - under - root.gap : Math.max(200, Math.min(root.pictureHeight, root.height - under - 2 * root.gap - Theme.px(240)))
    }
    Item {
        id: body
        readonly property int full: root.width - 2 * Theme.margin
        readonly property real start: root.low ? root.panel : root.picture !== null && !root.beside ? frame.y + frame.height : root.title !== "" ? titles.y + titles.height : titles.y
        x: root.beside ? frame.x + frame.width + Theme.s3 : Theme.margin
        width: root.width - Theme.margin - x
        y: start + (root.title !== "" || root.low || root.picture !== null ? root.gap : 0)
        height: root.height - y - root.gap
    }
}
