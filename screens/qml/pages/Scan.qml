pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// Lay the slip on the tray: its code is read by itself.
KioskPage {
    title: qsTrId("scan.title")
    Column {
        width: parent.width
        spacing: 28
        Item {
            width: 960
            height: 720
            Rectangle {
                anchors.fill: parent
                radius: Theme.radius
                color: Theme.ink
            }
            Image {
                anchors.fill: parent
                fillMode: Image.PreserveAspectFit
                cache: false
                source: Scan.picture
                Accessible.role: Accessible.Graphic
                Accessible.name: qsTrId("document.view")
            }
        }
        Note {
            width: parent.width
            kind: Scan.kind
            text: Scan.verdict
        }
        Txt {
            width: parent.width
            text: qsTrId("scan.nameless")
            color: Theme.inkSoft
        }
    }
}
