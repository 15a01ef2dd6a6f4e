pragma ComponentBehavior: Bound
import QtQuick
import Kiosk

// The bar acts: first what goes back or on, then the same four words on every page.
// At the bottom of a portrait sheet, a column at the side of a landscape one.
Rectangle {
    id: bar
    objectName: "bar"
    property KioskPage page: null
    readonly property string nextLabel: page ? page.next : ""
    readonly property string secondLabel: page ? page.second : ""
    readonly property bool backShown: page ? page.hasBack : false
    readonly property bool hasRow: nextLabel !== "" || secondLabel !== "" || backShown
    readonly property bool column: Theme.landscape
    readonly property int edge: Theme.barMargin
    readonly property int inner: width - 2 * edge
    readonly property int gap: column ? 16 : Theme.s2
    readonly property int backWidth: column ? inner : backShown ? Math.max(216, back.fit) : 0
    readonly property int nextFit: nextLabel === "" ? 0 : ahead.fit
    readonly property int secondFit: secondLabel === "" ? 0 : second.fit
    readonly property int gaps: gap * ((backShown ? 1 : 0) + (secondLabel !== "" && nextLabel !== "" ? 1 : 0))
    // the second action takes a row of its own where the three do not stand side by side
    readonly property bool crowded: !column && secondLabel !== "" && backWidth + nextFit + secondFit + gaps > inner
    readonly property int rowWidth: inner - (backShown && !column ? backWidth + gap : 0)
    readonly property int actionRow: Math.max(back.height, nextLabel !== "" ? ahead.height : 0, crowded ? 0 : secondLabel !== "" ? second.height : 0)
    readonly property int actions: (crowded ? second.height + gap : 0) + actionRow
    readonly property bool doubled: !column && four.fits(4) + 48 > inner
    // help and leave, the two short words, share a row where the column is low or its targets are high
    readonly property bool halved: Theme.laptop || column && Theme.care
    readonly property int wordHeight: Math.max(Theme.target, column ? 96 : 108)
    readonly property int words: column ? (halved ? 3 : 4) * (wordHeight + 16) - 16 : doubled ? 2 * wordHeight + 16 : wordHeight
    color: Theme.bar
    height: column ? Theme.sheetHeight - (Theme.laptop ? 0 : Theme.headerHeight) : (hasRow ? actions + Theme.s3 : 0) + words + 30
    Rectangle {
        visible: Theme.black
        width: bar.column ? 4 : parent.width
        height: bar.column ? parent.height : 4
        color: Theme.barInk
    }
    // placed by hand: a positioner would lag one frame behind, and a finger may already be on its way
    ActionButton {
        id: ahead
        visible: bar.nextLabel !== ""
        inBar: true
        inColumn: bar.column
        x: bar.column ? bar.edge : bar.width - bar.edge - width
        y: bar.column ? bar.edge : Theme.s3 + (bar.crowded ? second.height + bar.gap : 0)
        kind: bar.page && bar.page.ready ? "next" : "wait"
        label: bar.nextLabel
        icon: bar.page && !Theme.laptop ? bar.page.nextIcon : ""
        iconAfter: true
        width: bar.column ? bar.inner : bar.rowWidth - (bar.secondLabel !== "" && !bar.crowded ? second.width + bar.gap : 0)
        height: Math.max(Theme.primaryTarget, wantedHeight)
        onActivated: bar.page.nextPressed()
    }
    ActionButton {
        id: second
        visible: bar.secondLabel !== ""
        inColumn: bar.column
        x: bar.column || bar.crowded ? bar.edge : bar.edge + (bar.backShown ? bar.backWidth + bar.gap : 0)
        y: bar.column ? (bar.nextLabel !== "" ? ahead.y + ahead.height + bar.gap : bar.edge) : Theme.s3
        kind: "dark"
        label: bar.secondLabel
        icon: bar.page && !Theme.laptop ? bar.page.secondIcon : ""
        width: bar.column || bar.crowded ? bar.inner : bar.nextLabel === "" ? bar.rowWidth : fit
        height: Math.max(bar.column ? Theme.target : Theme.primaryTarget, wantedHeight)
        onActivated: bar.page.secondPressed()
    }
    ActionButton {
        id: back
        visible: bar.backShown
        inColumn: bar.column
        x: bar.edge
        y: !bar.column ? Theme.s3 + (bar.crowded ? second.height + bar.gap : 0) : bar.secondLabel !== "" ? second.y + second.height + bar.gap : bar.nextLabel !== "" ? ahead.y + ahead.height + bar.gap : bar.edge
        kind: "dark"
        label: qsTrId("bar.back")
        icon: "arrow_back"
        width: bar.backWidth
        height: Math.max(bar.column ? Theme.target : Theme.primaryTarget, wantedHeight)
        onActivated: Visit.back()
    }
    Rectangle {
        visible: bar.hasRow || bar.column
        x: bar.edge
        width: bar.inner
        height: 2
        color: Theme.barRule
        y: four.y - 12
    }
    Item {
        id: four
        x: bar.edge
        width: bar.inner
        height: bar.words
        y: bar.height - height - (bar.column ? 16 : 8)
        readonly property int across: bar.column ? 1 : bar.doubled ? 2 : 4
        readonly property real cell: (width - (across - 1) * 16) / across
        // in one row each word has its own width and a share of what is left
        readonly property real spare: Math.floor((width - 48 - four.fits(4)) / 4)
        function fits(count: int): real {
            let sum = 0;
            for (let at = 0; at < Math.min(count, each.count); at += 1)
                sum += each.itemAt(at)?.implicitWidth ?? 0;
            return sum;
        }
        function before(index: int): real {
            return four.fits(index) + index * (four.spare + 16);
        }
        readonly property var words: [
            {"overlay": "Language", "icon": "language", "label": qsTrId("bar.language")},
            {"overlay": "Easier", "icon": "accessibility_new", "label": qsTrId("bar.easier")},
            {"overlay": "Help", "icon": "support_agent", "label": qsTrId("bar.help")},
            {"overlay": "Leave", "icon": "logout", "label": qsTrId("bar.leave")}
        ]
        Repeater {
            id: each
            model: four.words
            UtilityButton {
                required property var modelData
                required property int index
                readonly property bool halved: bar.halved && index > 1
                readonly property int line: halved ? 2 : Math.floor(index / four.across)
                x: halved ? (index - 2) * (width + 16) : four.across < 4 ? index % four.across * (four.cell + 16) : four.before(index)
                y: line * (bar.wordHeight + 16)
                width: halved ? (four.width - 16) / 2 : four.across < 4 ? four.cell : implicitWidth + four.spare
                height: bar.wordHeight
                marked: !halved
                icon: modelData.icon
                label: modelData.label
                onActivated: Visit.open(modelData.overlay)
            }
        }
    }
}
