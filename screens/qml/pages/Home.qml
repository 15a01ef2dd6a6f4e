pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// The question, search, two shores as tabs, categories.
KioskPage {
    title: qsTrId("home.title")
    hasBack: false
    second: Home.gathered
    secondIcon: "playlist_add_check"
    onSecondPressed: Home.openGathered()
    Column {
        width: parent.width
        spacing: 24
        Touchable {
            id: search
            width: parent.width
            implicitHeight: 128
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
                text: qsTrId("home.search_hint")
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
            width: parent.width
            height: 96
            Txt {
                text: qsTrId("matters.events_home")
                role: "h2"
                anchors.verticalCenter: parent.verticalCenter
            }
            ActionButton {
                anchors.right: parent.right
                width: fit
                implicitHeight: 96
                label: Events.allLabel
                onActivated: Events.openAll()
            }
        }
        Grid {
            columns: 2
            columnSpacing: 24
            rowSpacing: 16
            Repeater {
                model: Events.atHome
                Tile {
                    required property var modelData
                    width: 468
                    strong: true
                    icon: modelData.icon
                    label: modelData.label
                    onActivated: Events.open(modelData.id)
                }
            }
        }
        Row {
            width: parent.width
            Repeater {
                model: Home.sides
                Touchable {
                    id: tab
                    required property var modelData
                    required property int index
                    readonly property color tone: checked ? Theme.primary : Theme.inkSoft
                    role: Accessible.PageTab
                    checked: index === Home.side
                    width: parent.width / 2
                    implicitHeight: 108
                    spoken: modelData.label
                    onActivated: Home.showSide(index)
                    Row {
                        anchors.centerIn: parent
                        spacing: 24
                        SideMark {
                            side: tab.index
                            dot: 26
                            gap: 28
                            tone: tab.tone
                            anchors.verticalCenter: parent.verticalCenter
                        }
                        Txt {
                            text: tab.modelData.label
                            role: tab.checked ? "strong" : "body"
                            color: tab.tone
                            font.pixelSize: Theme.px(38)
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
        Grid {
            columns: 2
            columnSpacing: 24
            rowSpacing: 16
            Repeater {
                model: Home.categories
                Tile {
                    required property var modelData
                    width: 468
                    icon: modelData.icon
                    label: modelData.label
                    onActivated: Home.openCategory(modelData.id)
                }
            }
        }
    }
}
