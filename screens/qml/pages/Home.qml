pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// The question, search, two shores as tabs, categories.
KioskPage {
    id: page
    title: Theme.short ? qsTrId("short.home_title") : qsTrId("home.title")
    hasBack: false
    readonly property bool gathering: Home.gathered !== ""
    second: gathering ? Home.gathered : qsTrId("scan.open")
    secondIcon: gathering ? "playlist_add_check" : "qr_code_scanner"
    onSecondPressed: gathering ? Home.openGathered() : Scan.open()
    // where room is short, life events are a third tab
    readonly property bool threeTabs: Theme.short
    property bool showsEvents: false
    titleShare: Theme.landscape ? 0.44 : 1
    Touchable {
        id: search
        // a landscape sheet has room for it beside the question
        x: Theme.landscape ? parent.width - width : 0
        y: Theme.landscape ? page.gap - page.bodyTop : 0
        width: parent.width * (Theme.landscape ? 0.54 : 1)
        height: Math.max(Theme.primaryTarget, words.height + 40)
        spoken: qsTrId("home.search") + ", " + qsTrId("home.search_hint")
        onActivated: Home.openSearch()
        Rectangle {
            anchors.fill: parent
            radius: Theme.radius
            color: Theme.page
            border.width: Theme.line
            border.color: Theme.primary
        }
        Txt {
            x: 32
            width: parent.width - go.width - 48
            anchors.verticalCenter: parent.verticalCenter
            color: Theme.inkSoft
            lineHeight: 0.9
            visible: !Theme.laptop
            text: Theme.short ? qsTrId("short.search_hint") : qsTrId("home.search_hint")
            Accessible.ignored: true
        }
        Rectangle {
            id: go
            anchors.right: parent.right
            width: words.width + 72
            height: parent.height
            radius: Theme.radius
            color: search.held ? Theme.accentInk : Theme.accent
            Row {
                id: words
                anchors.centerIn: parent
                spacing: 14
                Icon {
                    name: "search"
                    size: 52
                    color: search.held ? Theme.accent : Theme.accentInk
                    anchors.verticalCenter: parent.verticalCenter
                }
                Txt {
                    text: qsTrId("home.search")
                    role: "h2"
                    color: search.held ? Theme.accent : Theme.accentInk
                    lineHeight: 0.9
                    wrapMode: Text.NoWrap
                    anchors.verticalCenter: parent.verticalCenter
                    Accessible.ignored: true
                }
            }
        }
    }
    Item {
        id: events
        visible: !page.threeTabs
        y: search.height + Theme.s2
        width: parent.width
        height: visible ? eventTiles.y + eventTiles.height : 0
        Txt {
            text: qsTrId("matters.events_home")
            role: "h2"
            y: (all.height - height) / 2
        }
        ActionButton {
            id: all
            anchors.right: parent.right
            width: fit
            least: Theme.target
            label: Events.allLabel
            onActivated: Events.openAll()
        }
        Pager {
            id: eventTiles
            y: all.height + 16
            width: parent.width
            height: wanted
            spacing: 16
            Repeater {
                model: page.threeTabs ? [] : Events.atHome
                Tile {
                    required property var modelData
                    width: Math.floor((parent.width - 16) / 2)
                    strong: true
                    icon: modelData.icon
                    label: modelData.label
                    onActivated: Events.open(modelData.id)
                }
            }
        }
    }
    Row {
        id: tabs
        readonly property var sides: page.threeTabs ? [...Home.sides, {"label": qsTrId("matters.events_home"), "short": qsTrId("matters.events_home")}] : Home.sides
        y: Math.max(0, (events.visible ? events.y + events.height : search.y + search.height) + (Theme.laptop ? 16 : Theme.s2))
        width: parent.width
        Repeater {
            // by number: a tab that is touched stays the same tab
            model: tabs.sides.length
            Touchable {
                id: tab
                required property int index
                readonly property var side: tabs.sides[index] ?? ({})
                readonly property color tone: checked ? Theme.primary : Theme.inkSoft
                role: Accessible.PageTab
                readonly property bool isEvents: index === 2
                checked: isEvents ? page.showsEvents : index === Home.side && !(page.showsEvents && page.threeTabs)
                width: tabs.width / tabs.sides.length
                height: Math.max(Theme.target, Theme.laptop ? 96 : 108, name.height + 36)
                spoken: side.label ?? ""
                onActivated: {
                    page.showsEvents = isEvents;
                    if (!isEvents)
                        Home.showSide(index);
                }
                Row {
                    anchors.centerIn: parent
                    spacing: 24
                    SideMark {
                        visible: !Theme.large && !tab.isEvents && !(Theme.textScale > 1 && page.threeTabs)
                        side: tab.index
                        dot: 26
                        gap: 28
                        tone: tab.tone
                        anchors.verticalCenter: parent.verticalCenter
                    }
                    Txt {
                        id: name
                        text: Theme.short ? (tab.side.short ?? "") : (tab.side.label ?? "")
                        role: tab.checked ? "strong" : "body"
                        color: tab.tone
                        font.pixelSize: page.threeTabs && !Theme.landscape ? Math.min(Theme.px(38), 53) : Theme.px(38)
                        lineHeight: 0.9
                        wrapMode: Text.NoWrap
                        anchors.verticalCenter: parent.verticalCenter
                        Accessible.ignored: true
                    }
                }
                Rectangle {
                    anchors.bottom: parent.bottom
                    width: parent.width
                    height: tab.checked ? 10 : 3
                    color: tab.checked ? Theme.primary : Theme.edge
                }
            }
        }
    }
    Pager {
        beside: false
        y: tabs.y + tabs.height + (Theme.laptop ? 16 : Theme.s2)
        width: parent.width
        height: parent.height - y
        spacing: 16
        Repeater {
            model: page.threeTabs && page.showsEvents ? Events.events : Home.categories
            Tile {
                required property var modelData
                width: Theme.share(parent.width, Theme.landscape && !(Theme.laptop && Theme.textScale > 1) && !Theme.care ? 3 : 2)
                readonly property bool isEvent: page.threeTabs && page.showsEvents
                strong: isEvent
                icon: modelData.icon
                label: modelData.label
                onActivated: isEvent ? Events.open(modelData.id) : Home.openCategory(modelData.id)
            }
        }
    }
}
