pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// Free search by words, pinyin or Jyutping; answers stand above the keyboard as you type.
KioskPage {
    id: page
    title: qsTrId("search.title")
    typed: true
    Field {
        id: field
        width: parent.width
        label: qsTrId("search.field")
        value: Home.query
        active: true
        composing: Typing.preedit
    }
    Pager {
        y: field.height + 20
        width: parent.width
        height: parent.height - y - keyboard.taken
        spacing: 20
        Txt {
            property bool shown: !Theme.laptop || Home.found.length === 0
            width: parent.width
            text: Home.searchNote
            color: Theme.inkSoft
        }
        Repeater {
            model: Home.found
            OptionRow {
                required property var modelData
                width: parent.width
                least: 104
                label: modelData.title
                reason: modelData.reason
                off: !modelData.available
                chevron: true
                onActivated: Home.openService(modelData.id)
            }
        }
    }
    Keyboard {
        id: keyboard
        readonly property real taken: height * scale - page.gap + 16
        x: -Theme.margin
        width: Math.max(1080, Theme.pageWidth)
        scale: Theme.keyboardScale
        transformOrigin: Item.BottomLeft
        anchors.bottom: parent.bottom
        anchors.bottomMargin: -page.gap
        hasNext: false
    }
}
