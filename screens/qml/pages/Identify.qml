pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// Put the card in, or type: the page accepts whichever comes first.
KioskPage {
    id: page
    title: Identify.title
    lead: Identify.lead
    next: Identify.done ? qsTrId("bar.next") : Identify.waitingFor
    nextIcon: Identify.done ? "arrow_forward" : ""
    ready: Identify.done
    second: Identify.done ? "" : qsTrId("identify.type")
    secondIcon: "keyboard"
    onNextPressed: Visit.next()
    onSecondPressed: Identify.typeInstead()
    Column {
        width: parent.width
        spacing: 36
        Image {
            width: 960
            height: 460
            source: "../../../assets/pictures/" + Identify.picture + ".svg"
            sourceSize: Qt.size(960, 460)
            Accessible.ignored: true
        }
        Rectangle {
            visible: Identify.state === "reading"
            width: parent.width
            height: 40
            radius: 20
            color: Theme.idle
            Rectangle {
                width: Math.max(40, parent.width * Identify.progress)
                height: parent.height
                radius: 20
                color: Theme.primary
            }
        }
        Repeater {
            model: Identify.rows
            Row {
                id: way
                required property int index
                required property var modelData
                width: parent.width
                spacing: 24
                Rectangle {
                    width: 72
                    height: 72
                    radius: 36
                    color: Theme.primary
                    Txt {
                        anchors.centerIn: parent
                        text: way.index + 1
                        role: "strong"
                        color: Theme.page
                        Accessible.ignored: true
                    }
                }
                Column {
                    width: parent.width - 96
                    Txt {
                        width: parent.width
                        text: way.modelData.label
                        role: "strong"
                    }
                    Txt {
                        width: parent.width
                        text: way.modelData.more
                        color: Theme.inkSoft
                    }
                }
            }
        }
        Note {
            visible: Identify.note !== ""
            width: parent.width
            kind: Identify.noteKind
            text: Identify.note
            more: Identify.noteMore
        }
        Txt {
            width: parent.width
            text: qsTrId("identify.privacy")
            color: Theme.inkSoft
        }
    }
}
