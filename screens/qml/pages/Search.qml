pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// Free search by words, pinyin or Jyutping; answers stand above the keyboard as you type.
KioskPage {
    id: page
    title: qsTrId("search.title")
    Column {
        width: parent.width
        spacing: 20
        Field {
            width: parent.width
            label: qsTrId("search.field")
            value: Home.query
            active: true
            composing: Typing.preedit
        }
        Txt {
            width: parent.width
            text: Home.searchNote
            color: Theme.inkSoft
        }
        Repeater {
            model: Home.found
            OptionRow {
                required property var modelData
                width: parent.width
                label: modelData.title
                reason: modelData.reason
                off: !modelData.available
                chevron: true
                onActivated: Home.openService(modelData.id)
            }
        }
    }
    Keyboard {
        x: -Theme.margin
        width: Theme.sheetWidth
        anchors.bottom: parent.bottom
        anchors.bottomMargin: -Theme.s3
        hasNext: false
    }
}
