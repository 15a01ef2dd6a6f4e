pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Window
import Kiosk

// The demonstrator's panel: cards to insert and things to break. Staff only, English, never on a kiosk.
Window {
    id: dock
    width: 420
    height: 1160
    title: "Demo dock"
    color: "#EDF3F4"
    Column {
        x: 20
        y: 20
        width: parent.width - 40
        spacing: 8
        Repeater {
            model: Dock.buttons
            Rectangle {
                id: button
                required property var modelData
                width: parent.width
                height: modelData.action === "" ? 44 : 52
                radius: 6
                color: modelData.action === "" ? "transparent" : tap.pressed ? "#C9D8DD" : "#FFFFFF"
                border.width: modelData.action === "" ? 0 : 1
                border.color: "#5B7480"
                Text {
                    x: 14
                    anchors.verticalCenter: parent.verticalCenter
                    text: button.modelData.label
                    font.pixelSize: 20
                    font.bold: button.modelData.action === ""
                    color: "#0E222B"
                }
                TapHandler {
                    id: tap
                    enabled: button.modelData.action !== ""
                    onTapped: Dock.act(button.modelData.action)
                }
            }
        }
    }
}
