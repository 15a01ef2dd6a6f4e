pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// Before anything is asked: fee, time, who may apply, what to bring, what this kiosk can do now.
KioskPage {
    id: page
    title: Service.title
    lead: Theme.textScale > 1.5 ? "" : Service.lead   // the largest words need the room for what must be read
    next: Service.nextLabel
    nextIcon: Service.possible ? "arrow_forward" : ""
    ready: Service.possible
    second: Handout.label
    secondIcon: "print"
    onSecondPressed: Handout.print()
    reached: false
    onNextPressed: Visit.next()
    component Heading: Txt {
        role: "h2"
        width: parent.width
        property bool heads: true   // never the last of a page
        topPadding: 16
        bottomPadding: 8
    }
    Pager {
        anchors.fill: parent
        spacing: 12
        Note {
            shown: Handout.note !== ""
            width: parent.width
            kind: Handout.kind
            text: Handout.note
        }
        Repeater {
            id: figures
            model: Service.figures
            Rectangle {
                id: figure
                required property var modelData
                readonly property bool alone: Theme.large || Theme.short && !(Theme.landscape && !Theme.laptop)
                readonly property real wanted: value.height + name.height + (Theme.laptop ? 20 : 40)
                readonly property real tallest: Math.max(...Array.from({"length": figures.count}, (_, at) => (figures.itemAt(at) as Rectangle)?.implicitHeight ?? 0))
                implicitHeight: wanted
                width: alone ? parent.width : Math.floor((parent.width - 24) / 3)
                height: alone ? wanted : tallest
                radius: Theme.radius
                color: Theme.surface
                border.width: Theme.black || Theme.white ? 4 : 0
                border.color: Theme.edge
                Txt {
                    id: value
                    x: 24
                    y: Theme.laptop ? 10 : 20
                    width: parent.width - 48
                    text: figure.modelData.value
                    role: "strong"
                    font.pixelSize: Theme.px(40)
                    color: Theme.primary
                    lineHeight: 0.9
                }
                Txt {
                    id: name
                    x: 24
                    y: value.y + value.height
                    width: parent.width - 48
                    text: figure.modelData.label
                    lineHeight: 0.9
                }
            }
        }
        Note {
            shown: Service.down !== ""
            width: parent.width
            kind: "attention"
            text: Service.down
        }
        Note {
            shown: Service.trouble !== ""
            width: parent.width
            kind: "attention"
            text: Service.trouble
            more: Service.troubleMore
        }
        Column {
            width: parent.width
            Heading { text: qsTrId("checklist.who") }
            Txt {
                width: parent.width
                text: Service.who
            }
        }
        Heading { text: qsTrId("checklist.bring") }
        Repeater {
            model: Service.bring
            Item {
                id: paper
                required property var modelData
                width: parent.width
                height: Math.max(paperIcon.height + 16, paperName.height + 24)
                Rectangle {
                    id: paperIcon
                    width: Theme.px(88)
                    height: width
                    radius: Theme.radius
                    color: Theme.surface
                    anchors.verticalCenter: parent.verticalCenter
                    Icon {
                        anchors.centerIn: parent
                        name: paper.modelData.icon
                        size: 52
                    }
                }
                Txt {
                    id: paperName
                    x: paperIcon.width + 28
                    width: parent.width - x
                    anchors.verticalCenter: parent.verticalCenter
                    text: paper.modelData.label
                    role: "strong"
                    lineHeight: 0.92
                }
                Rectangle {
                    anchors.bottom: parent.bottom
                    width: parent.width
                    height: 2
                    color: Theme.hairline
                }
            }
        }
        Heading { text: qsTrId("checklist.here") }
        Repeater {
            model: Service.here
            Row {
                id: can
                required property var modelData
                width: parent.width
                spacing: 16
                bottomPadding: 4
                Icon {
                    id: tick
                    name: can.modelData.yes ? "check_circle" : "cancel"
                    size: 48
                    color: can.modelData.yes ? Theme.ok : Theme.attention
                }
                Txt {
                    width: parent.width - tick.width - 16
                    text: can.modelData.text
                    color: can.modelData.yes ? Theme.ink : Theme.attention
                    lineHeight: 0.9
                }
            }
        }
        ActionButton {
            width: parent.width
            least: 112
            icon: "add"
            label: Service.addLabel
            onActivated: Thread.add()
        }
    }
}
