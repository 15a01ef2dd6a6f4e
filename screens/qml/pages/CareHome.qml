pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// Care mode: four kinds of matters with examples, and staff help as the next thing to do.
KioskPage {
    id: page
    title: qsTrId("care.title")
    hasBack: false
    second: qsTrId("care.usual")
    secondIcon: "apps"
    onSecondPressed: Visit.setCare(false)
    Pager {
        anchors.fill: parent
        Repeater {
            model: Home.careChoices
            Touchable {
                id: row
                required property var modelData
                width: Theme.landscape && !Theme.laptop ? Theme.share(parent.width, 2) : parent.width
                height: Math.max(Theme.laptop ? 120 : 176, label.height + note.height + 40)
                spoken: modelData.label + ", " + modelData.note
                onActivated: Home.openCategory(modelData.id)
                Rectangle {
                    anchors.fill: parent
                    radius: Theme.radius
                    color: row.held ? Theme.primary : Theme.surface
                    border.width: Theme.line
                    border.color: Theme.primary
                }
                Rectangle {
                    id: mark
                    width: Theme.landscape ? 110 : 150
                    height: parent.height
                    radius: Theme.radius
                    color: Theme.primary
                    border.width: Theme.black ? 4 : 0
                    border.color: Theme.edge
                    Icon {
                        anchors.centerIn: parent
                        name: row.modelData.icon
                        size: Theme.laptop ? 60 : 84
                        color: Theme.primaryInk
                    }
                }
                Txt {
                    id: label
                    x: mark.width + 32
                    y: (parent.height - height - note.height) / 2
                    width: parent.width - x - way.width - 32
                    text: row.modelData.label
                    role: "h2"
                    lineHeight: 0.9
                    color: row.held ? Theme.primaryInk : Theme.ink
                    Accessible.ignored: true
                }
                Txt {
                    id: note
                    x: label.x
                    y: label.y + label.height
                    width: label.width
                    text: row.modelData.note
                    lineHeight: 0.9
                    color: row.held ? Theme.primaryInk : Theme.inkSoft
                    Accessible.ignored: true
                }
                Icon {
                    id: way
                    anchors.right: parent.right
                    anchors.rightMargin: 16
                    anchors.verticalCenter: parent.verticalCenter
                    name: "chevron_right"
                    size: 60
                    color: row.held ? Theme.primaryInk : Theme.primary
                }
            }
        }
        ActionButton {
            width: parent.width
            kind: "next"
            least: Theme.laptop ? 120 : 168
            label: qsTrId("care.staff")
            icon: "support_agent"
            onActivated: Visit.open("Help")
        }
    }
}
