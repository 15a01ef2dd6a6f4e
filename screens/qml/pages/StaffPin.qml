pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// A staff card waits for its PIN: large keys, dots for digits, and each refusal in a sentence.
KioskPage {
    id: page
    bare: true
    readonly property real barRoom: Theme.sheetWidth - 2 * Theme.margin
    hasBack: false
    StaffFrame {
        id: frame
        band: qsTrId("staff.card")
        aside: qsTrId("staff.language")
        onTurned: Staff.turnLanguage()
        heading: Txt {
            id: title
            width: parent.width
            role: "h1"
            text: Staff.refused ? qsTrId("staff.refused") : qsTrId("staff.pin_title")
        }
        Txt {
            id: dots
            y: title.height + 24
            visible: !Staff.refused
            width: parent.width
            height: 72
            text: Staff.dots
            role: "h1"
            color: Theme.primary
            Accessible.ignored: true
        }
        Note {
            id: note
            y: dots.y + dots.height + 12
            shown: Staff.problem !== ""
            visible: shown
            width: parent.width
            kind: "failed"
            text: Staff.problem
            more: Staff.problemMore
        }
        Grid {
            id: pad
            visible: !Staff.refused
            anchors.bottom: parent.bottom
            anchors.horizontalCenter: parent.horizontalCenter
            columns: Theme.landscape ? 6 : 3
            spacing: 20
            Repeater {
                model: ["1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", "erase"]
                Item {
                    id: place
                    required property string modelData
                    width: Theme.laptop ? 168 : 200
                    height: Theme.laptop ? 96 : 150
                    ActionButton {
                        anchors.fill: parent
                        visible: place.modelData !== ""
                        pad: 12
                        label: place.modelData === "erase" ? qsTrId("key.erase") : place.modelData
                        onActivated: place.modelData === "erase" ? Staff.erase() : Staff.key(place.modelData)
                    }
                }
            }
        }
        footer: [
            ActionButton {
                width: page.barRoom * 0.36
                kind: "dark"
                label: qsTrId("staff.leave")
                icon: "logout"
                onActivated: Staff.leave()
            },
            ActionButton {
                width: page.barRoom * 0.64 - 24
                kind: Staff.ready ? "next" : "wait"
                inBar: true
                label: Staff.sendLabel
                onActivated: Staff.send()
            }
        ]
    }
}
