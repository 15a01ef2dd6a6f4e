pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// Before anything is asked: fee, time, who may apply, what to bring, what this kiosk can do now.
KioskPage {
    id: page
    title: Service.title
    lead: Service.lead
    next: Service.nextLabel
    nextIcon: Service.possible ? "arrow_forward" : ""
    ready: Service.possible
    second: Handout.label
    secondIcon: "print"
    onSecondPressed: Handout.print()
    onNextPressed: Visit.next()
    component Heading: Txt {
        role: "h2"
        width: parent.width
        topPadding: 16
        bottomPadding: 8
    }
    Note {
        id: handed
        visible: Handout.note !== ""
        width: parent.width
        height: visible ? implicitHeight : 0
        kind: Handout.kind
        text: Handout.note
    }
    Pager {
        anchors.fill: parent
        anchors.topMargin: handed.visible ? handed.height + 24 : 0
        spacing: 12
        Row {
            id: figures
            width: parent.width
            spacing: 24
            readonly property real tallest: Math.max(...children.map(child => child.wanted ?? 0))
            Repeater {
                model: Service.figures
                Rectangle {
                    id: figure
                    required property var modelData
                    width: 304
                    readonly property real wanted: words.height + 40
                    height: figures.tallest
                    radius: Theme.radius
                    color: Theme.surface
                    border.width: Theme.black || Theme.white ? 4 : 0
                    border.color: Theme.edge
                    Column {
                        id: words
                        x: 24
                        y: 20
                        width: parent.width - 48
                        Txt {
                            width: parent.width
                            text: figure.modelData.value
                            role: "strong"
                            font.pixelSize: Theme.px(40)
                            color: Theme.primary
                            lineHeight: 0.9
                        }
                        Txt {
                            width: parent.width
                            text: figure.modelData.label
                            lineHeight: 0.9
                        }
                    }
                }
            }
        }
        Note {
            property bool shown: Service.down !== ""
            width: parent.width
            kind: "attention"
            text: Service.down
        }
        Note {
            property bool shown: Service.trouble !== ""
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
        Column {
            width: parent.width
            Heading { text: qsTrId("checklist.bring") }
            Repeater {
                model: Service.bring
                Item {
                    id: paper
                    required property var modelData
                    width: parent.width
                    height: Math.max(112, paperName.height + 24)
                    Rectangle {
                        width: 88
                        height: 88
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
                        x: 116
                        width: parent.width - 116
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
        }
        Column {
            width: parent.width
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
                        name: can.modelData.yes ? "check_circle" : "cancel"
                        size: 48
                        color: can.modelData.yes ? Theme.ok : Theme.attention
                    }
                    Txt {
                        width: parent.width - 64
                        text: can.modelData.text
                        color: can.modelData.yes ? Theme.ink : Theme.attention
                        lineHeight: 0.9
                    }
                }
            }
        }
        ActionButton {
            width: parent.width
            implicitHeight: 112
            icon: "add"
            label: Service.addLabel
            onActivated: Thread.add()
        }
    }
}
