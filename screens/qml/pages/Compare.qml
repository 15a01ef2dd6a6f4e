pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// May the photo be compared with the document's? Two answers of equal standing; then what to do, and what came out.
KioskPage {
    id: page
    readonly property bool live: Compare.state === "challenge"
    title: Compare.title
    lead: Theme.large ? "" : Compare.lead
    next: Compare.nextLabel
    nextIcon: Compare.ready ? (Compare.state === "missed" ? "replay" : "arrow_forward") : ""
    ready: Compare.ready
    second: Compare.secondLabel
    secondIcon: Compare.state === "told" ? "replay" : ""
    reached: Compare.state === "asking"
    onNextPressed: Compare.goOn()
    onSecondPressed: Compare.second()
    pictureHeight: 840
    picture: live ? view : null
    Component {
        id: view
        Item {
            Rectangle {
                anchors.fill: parent
                radius: Theme.radius
                color: Theme.ink
            }
            Image {
                anchors.fill: parent
                fillMode: Image.PreserveAspectCrop
                cache: false
                source: Compare.picture
                Accessible.role: Accessible.Graphic
                Accessible.name: qsTrId("portrait.view")
            }
            Rectangle {
                id: said
                visible: !page.beside
                anchors.horizontalCenter: parent.horizontalCenter
                anchors.bottom: parent.bottom
                anchors.bottomMargin: 24
                width: say.width + 64
                height: Math.max(80, say.height + 40)
                radius: 40
                color: Theme.accent
                Txt {
                    id: say
                    anchors.centerIn: parent
                    text: Compare.sentence
                    role: "h2"
                    color: Theme.accentInk
                    lineHeight: 0.9
                    width: Math.min(Math.ceil(implicitWidth), said.parent.width - 104)
                    horizontalAlignment: Text.AlignHCenter
                }
            }
        }
    }
    Pager {
        anchors.fill: parent
        spacing: 28
        Rectangle {
            property bool shown: page.live && page.beside // beside a narrow picture, not over the face
            width: parent.width
            height: next.height + 48
            radius: Theme.radius
            color: Theme.accent
            Txt {
                id: next
                x: 32
                width: parent.width - 64
                anchors.verticalCenter: parent.verticalCenter
                text: Compare.sentence
                role: "h2"
                color: Theme.accentInk
            }
        }
        Note {
            shown: Compare.note !== ""
            width: parent.width
            kind: Compare.kind
            text: Compare.note
            more: Compare.noteMore
        }
        Repeater {
            id: answers
            property Item upper
            property Item lower
            readonly property real tallest: Math.max(upper?.implicitHeight ?? 0, lower?.implicitHeight ?? 0)
            onItemAdded: (index, item) => {
                if (index === 0)
                    upper = item;
                else
                    lower = item;
            }
            model: Compare.rows
            OptionRow {
                required property var modelData
                width: parent.width
                height: Math.max(implicitHeight, answers.tallest)
                radio: true
                checked: modelData.chosen
                label: modelData.label
                note: Theme.large || Theme.laptop ? "" : modelData.more // both answers on one part
                onActivated: Compare.choose(modelData.agreed)
            }
        }
        Repeater {
            model: Compare.what
            Txt {
                required property string modelData
                width: parent.width
                text: modelData
                color: Theme.inkSoft
            }
        }
    }
}
