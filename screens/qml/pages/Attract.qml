pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// Three greetings, each in its own language and face; touching one starts the visit in it.
KioskPage {
    id: page
    bare: true
    hasBack: false
    Rectangle {
        id: face
        // on a landscape sheet the greetings stand at the right of the picture
        readonly property bool wide: Theme.landscape
        readonly property real half: wide ? Math.floor(width * (Theme.laptop ? 0.4 : 0.42)) : width
        readonly property real hourHeight: Theme.laptop ? 96 : 140
        x: -Theme.margin
        y: -page.gap
        width: Theme.sheetWidth
        height: Theme.sheetHeight
        color: Theme.bar
        Image {
            y: face.wide ? headline.y + headline.height + 24 : 430
            width: face.wide ? face.half : 1080
            height: face.wide ? width * 1360 / 1080 : 1360
            source: "../../../assets/pictures/attract.svg"
            sourceSize: Qt.size(1080, 1360)
            Accessible.ignored: true
        }
        StatusHeader {
            width: parent.width
            onDark: true
        }
        Column {
            id: headline
            x: Theme.margin
            y: face.wide ? Theme.headerHeight + 12 : 196
            width: face.half - 2 * Theme.margin
            Txt {
                width: parent.width
                text: qsTrId("attract.title")
                role: "display"
                color: Theme.barInk
                font.pixelSize: Theme.laptop ? 72 : face.wide ? 104 : 116
                lineHeight: 0.86
            }
            Txt {
                width: parent.width
                topPadding: 12
                text: Site.serviceNames
                color: Theme.barInk
                font.pixelSize: Theme.laptop ? 36 : 38
                lineHeight: 0.9
            }
        }
        Column {
            id: greetings
            x: face.wide ? face.half + 12 : Theme.margin
            y: face.wide ? Theme.headerHeight + (Theme.laptop ? 12 : 60) : 1170
            width: face.wide ? face.width - x - Theme.margin : parent.width - 2 * Theme.margin
            spacing: 20
            Txt {
                width: parent.width
                text: Site.touchYourLanguage
                color: Theme.barInk
                font.pixelSize: 36
                bottomPadding: 8
                lineHeight: 0.9
            }
            Repeater {
                model: Site.greetings
                Touchable {
                    id: greeting
                    required property var modelData
                    width: parent.width
                    height: face.hourHeight
                    spoken: modelData.hello + " " + modelData.name
                    ring: Theme.barInk
                    onActivated: Visit.begin(modelData.language)
                    Rectangle {
                        anchors.fill: parent
                        radius: Theme.radius
                        color: greeting.held ? Theme.accent : Theme.paper
                    }
                    Txt {
                        x: Theme.laptop ? 24 : 40
                        anchors.verticalCenter: parent.verticalCenter
                        text: greeting.modelData.hello
                        font.family: greeting.modelData.family
                        font.pixelSize: Theme.laptop ? 38 : 50
                        font.bold: true
                        color: Theme.accentInk
                        lineHeight: 0.9
                        wrapMode: Text.NoWrap
                        Accessible.ignored: true
                    }
                    Txt {
                        anchors.right: go.left
                        anchors.rightMargin: Theme.laptop ? 20 : 36
                        anchors.verticalCenter: parent.verticalCenter
                        text: greeting.modelData.name
                        font.family: greeting.modelData.family
                        font.pixelSize: 36
                        color: Theme.accentInk
                        lineHeight: 0.9
                        wrapMode: Text.NoWrap
                        Accessible.ignored: true
                    }
                    Rectangle {
                        id: go
                        anchors.right: parent.right
                        width: Theme.laptop ? 88 : 140
                        height: parent.height
                        radius: Theme.radius
                        color: Theme.accent
                        Rectangle {
                            width: 20
                            height: parent.height
                            color: Theme.accent
                        }
                        Icon {
                            anchors.centerIn: parent
                            name: "arrow_forward"
                            size: 60
                            grows: false
                            color: Theme.accentInk
                        }
                    }
                }
            }
        }
        Row {
            x: greetings.x
            y: face.wide ? greetings.y + greetings.height + 20 : 1770
            width: greetings.width
            spacing: 28
            Icon {
                id: clock
                name: "schedule"
                size: 52
                grows: false
                color: Theme.barInk
                anchors.verticalCenter: parent.verticalCenter
            }
            Column {
                width: parent.width - clock.width - 28
                anchors.verticalCenter: parent.verticalCenter
                Repeater {
                    model: Site.staffHours
                    Txt {
                        required property string modelData
                        width: parent.width
                        text: modelData
                        color: Theme.barInk
                        font.pixelSize: 36
                        lineHeight: 0.9
                    }
                }
            }
        }
    }
}
