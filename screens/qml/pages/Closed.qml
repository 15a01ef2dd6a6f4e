pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// A kiosk that serves nobody now: why, until when, and where else to go, in three languages.
KioskPage {
    id: page
    bare: true
    hasBack: false
    Rectangle {
        x: -Theme.margin
        y: -page.gap
        width: Theme.sheetWidth
        height: Theme.sheetHeight
        color: Theme.bar
        StatusHeader {
            width: parent.width
            onDark: true
        }
        Grid {
            id: blocks
            x: Theme.margin
            y: Theme.headerHeight + (Theme.laptop ? 12 : 48)
            width: parent.width - 2 * Theme.margin
            columns: Theme.landscape ? 3 : 1
            spacing: Theme.laptop ? 24 : 56
            Repeater {
                model: Closed.blocks
                Column {
                    id: block
                    required property var modelData
                    width: Theme.landscape ? Math.floor((blocks.width - 2 * blocks.spacing) / 3) : blocks.width
                    spacing: 12
                    Txt {
                        width: parent.width
                        text: block.modelData.title
                        role: "h1"
                        font.family: block.modelData.family
                        font.pixelSize: Theme.laptop ? 44 : Theme.landscape ? 60 : 80
                        color: Theme.barInk
                    }
                    Txt {
                        visible: text !== ""
                        width: parent.width
                        text: block.modelData.more
                        role: "strong"
                        font.family: block.modelData.family
                        font.pixelSize: Theme.laptop ? 36 : 44
                        color: Theme.accent
                    }
                    Txt {
                        width: parent.width
                        text: block.modelData.where
                        font.family: block.modelData.family
                        color: Theme.barInk
                    }
                }
            }
        }
        Grid {
            visible: Closed.week.length > 0
            x: Theme.margin
            anchors.bottom: parent.bottom
            anchors.bottomMargin: Theme.laptop ? 24 : 72
            columns: Theme.landscape ? 7 : 1
            spacing: 16
            Repeater {
                model: Closed.week
                Row {
                    id: line
                    required property var modelData
                    spacing: 36
                    Txt {
                        width: Theme.landscape ? implicitWidth : 160
                        text: line.modelData.day
                        role: "strong"
                        color: Theme.barInk
                        wrapMode: Text.NoWrap
                    }
                    Txt {
                        text: line.modelData.hours
                        color: Theme.barInk
                        wrapMode: Text.NoWrap
                        visible: !Theme.landscape || !Theme.laptop
                    }
                }
            }
        }
    }
}
