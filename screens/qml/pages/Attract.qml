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
        x: -Theme.margin
        y: -Theme.s3
        width: Theme.sheetWidth
        height: Theme.sheetHeight
        color: Theme.bar
        Image {
            y: 430
            width: 1080
            height: 1360
            source: "../../../assets/pictures/attract.svg"
            sourceSize: Qt.size(1080, 1360)
            Accessible.ignored: true
        }
        StatusHeader {
            width: parent.width
            onDark: true
        }
        Column {
            x: Theme.margin
            y: 196
            width: parent.width - 2 * Theme.margin
            Txt {
                text: qsTrId("attract.title")
                role: "display"
                color: Theme.barInk
                font.pixelSize: 116
                lineHeight: 0.86
            }
            Txt {
                topPadding: 18
                text: Site.serviceNames
                color: Theme.barInk
                font.pixelSize: 38
            }
        }
        Column {
            x: Theme.margin
            y: 1170
            width: parent.width - 2 * Theme.margin
            spacing: 20
            Txt {
                text: Site.touchYourLanguage
                color: Theme.barInk
                font.pixelSize: 36
                bottomPadding: 8
            }
            Repeater {
                model: Site.greetings
                Touchable {
                    id: greeting
                    required property var modelData
                    width: parent.width
                    implicitHeight: 140
                    spoken: modelData.hello + " " + modelData.name
                    ring: Theme.barInk
                    onActivated: Visit.begin(modelData.language)
                    Rectangle {
                        anchors.fill: parent
                        radius: Theme.radius
                        color: greeting.held ? Theme.accent : Theme.paper
                    }
                    Txt {
                        x: 40
                        anchors.verticalCenter: parent.verticalCenter
                        text: greeting.modelData.hello
                        font.family: greeting.modelData.family
                        font.pixelSize: 50
                        font.bold: true
                        color: Theme.accentInk
                        lineHeight: 0.9
                        wrapMode: Text.NoWrap
                        Accessible.ignored: true
                    }
                    Txt {
                        anchors.right: go.left
                        anchors.rightMargin: 36
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
                        width: 140
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
                            size: 68
                            color: Theme.accentInk
                        }
                    }
                }
            }
        }
        Row {
            x: Theme.margin
            y: 1770
            height: 140
            spacing: 28
            Icon {
                name: "schedule"
                size: 52
                color: Theme.barInk
                anchors.verticalCenter: parent.verticalCenter
            }
            Column {
                anchors.verticalCenter: parent.verticalCenter
                Repeater {
                    model: Site.staffHours
                    Txt {
                        required property string modelData
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
