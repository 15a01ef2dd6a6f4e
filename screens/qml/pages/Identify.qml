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
    reached: Identify.phoneLabel !== ""
    pictureShare: Theme.laptop ? 0.3 : 0.4
    pictureHeight: Identify.phoneLabel !== "" ? 320 : 460
    onNextPressed: Visit.next()
    onSecondPressed: Identify.typeInstead()
    // large words need its room: the rows say the same
    picture: Theme.large || Theme.care && Identify.phoneLabel !== "" ? null : drawing
    Component {
        id: drawing
        Image {
            source: "../../../assets/pictures/" + Identify.picture + ".svg"
            sourceSize: Qt.size(960, 460)
            fillMode: Image.PreserveAspectFit
            verticalAlignment: Image.AlignTop
            Accessible.ignored: true
        }
    }
    Pager {
        anchors.fill: parent
        spacing: 36
        Rectangle {
            property bool shown: Identify.state === "reading"
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
            Item {
                id: way
                required property int index
                required property var modelData
                width: parent.width
                height: Math.max(badge.height, label.height + more.height)
                Rectangle {
                    id: badge
                    width: Theme.px(72)
                    height: width
                    radius: width / 2
                    color: Theme.primary
                    Txt {
                        anchors.centerIn: parent
                        text: way.index + 1
                        role: "strong"
                        color: Theme.page
                        Accessible.ignored: true
                    }
                }
                Txt {
                    id: label
                    x: badge.width + 24
                    width: parent.width - x
                    text: way.modelData.label
                    role: "strong"
                }
                Txt {
                    id: more
                    x: label.x
                    y: label.height
                    width: label.width
                    text: way.modelData.more
                    color: Theme.inkSoft
                }
            }
        }
        OptionRow {
            shown: Identify.phoneLabel !== ""
            width: parent.width
            label: Identify.phoneLabel
            note: Theme.large ? "" : qsTrId("phone.sign_in_more")
            icon: "smartphone"
            onActivated: Identify.byPhone()
        }
        Note {
            shown: Identify.note !== ""
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
