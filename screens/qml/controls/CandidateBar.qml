pragma ComponentBehavior: Bound
import QtQuick
import Kiosk

// Over the keys: what is being composed and what it may become, the first one marked; else helpers or methods.
Rectangle {
    id: bar
    height: Theme.candidateBar
    color: Theme.page
    border.width: Theme.black || Theme.white ? 4 : 2
    border.color: Theme.hairline
    Txt {
        id: composing
        visible: text !== ""
        x: 24
        anchors.verticalCenter: parent.verticalCenter
        text: Typing.tail
        role: "strong"
        font.pixelSize: 40
        color: Theme.primary
        wrapMode: Text.NoWrap
        lineHeight: 0.9
    }
    Row {
        x: composing.visible ? Math.max(Theme.candidateBar, composing.width + 48) : 10
        anchors.verticalCenter: parent.verticalCenter
        Repeater {
            model: Typing.cells
            Key {
                required property var modelData
                flat: !modelData.marked
                strong: modelData.marked
                face: modelData.width
                label: modelData.label
                onActivated: Typing.take(modelData.does)
            }
        }
    }
    Key {
        visible: Typing.more
        anchors.right: parent.right
        anchors.rightMargin: 10
        anchors.verticalCenter: parent.verticalCenter
        flat: true
        label: qsTrId("typing.more")
        icon: "expand_more"
        onActivated: Typing.moreCells()
    }
}
