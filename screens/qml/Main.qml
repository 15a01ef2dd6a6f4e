pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Window
import Kiosk
import controls

// One sheet, fitted to the glass: header and bar stand still, pages slide between them.
Window {
    id: root
    readonly property KioskPage current: loader.item as KioskPage
    readonly property bool bare: current ? current.bare : true
    readonly property bool crowded: current ? current.crowded : false
    color: Theme.bar
    flags: Qt.FramelessWindowHint

    Item {
        id: sheet
        width: Theme.sheetWidth
        height: Theme.sheetHeight
        anchors.centerIn: parent
        scale: Math.min(root.width / width, root.height / height)

        Rectangle {
            anchors.fill: parent
            color: Theme.page
        }
        Item {
            id: page
            anchors.fill: parent
            // nothing behind a dialog can be reached or read
            enabled: !overlay.active
            visible: !overlay.active

            StatusHeader {
                id: header
                visible: !root.bare && !root.crowded
                x: Theme.laptop && Visit.barAtLeft ? Theme.barWidth : 0
                width: Theme.laptop ? Theme.pageWidth : parent.width
            }
            StepBar {
                id: steps
                visible: Visit.step > 0 && !root.bare && !root.crowded
                x: stage.x + Theme.margin
                width: stage.width - 2 * Theme.margin
                anchors.top: header.bottom
                anchors.topMargin: Theme.landscape ? 6 : 14
            }
            Item {
                id: stage
                anchors.top: root.bare || root.crowded ? parent.top : steps.visible ? steps.bottom : header.bottom
                anchors.bottom: root.bare || Theme.landscape ? parent.bottom : bar.top
                x: !root.bare && Visit.barAtLeft ? Theme.barWidth : 0
                width: root.bare ? parent.width : Theme.pageWidth
                clip: true
                Loader {
                    id: loader
                    objectName: "page"
                    width: parent.width
                    height: parent.height
                    // a second tap on the way in must not act on the new page
                    enabled: !slide.running
                    onLoaded: {
                        if (Visit.direction !== 0 && !Visit.still) {
                            slide.from = Visit.direction * width;
                            slide.restart();
                        }
                    }
                    NumberAnimation {
                        id: slide
                        target: loader
                        property: "x"
                        to: 0
                        duration: 240
                        easing.type: Easing.OutCubic
                    }
                }
            }
            ActionBar {
                id: bar
                visible: !root.bare
                x: Theme.landscape && !Visit.barAtLeft ? Theme.pageWidth : 0
                width: Theme.landscape ? Theme.barWidth : parent.width
                anchors.bottom: parent.bottom
                page: root.current
                enabled: loader.enabled
            }
        }
        Loader {
            id: overlay
            objectName: "overlay"
            anchors.fill: parent
            active: Visit.overlay !== ""
            source: Visit.overlay === "" ? "" : "overlays/" + Visit.overlay + ".qml"
        }
    }

    // where the keypad stands: a ring in the control's own colour outside a gap in the page's
    Rectangle {
        visible: Guide.ring
        x: Guide.ringX - 10
        y: Guide.ringY - 10
        width: Guide.ringWidth + 20
        height: Guide.ringHeight + 20
        radius: Theme.radius + 10
        color: "transparent"
        border.width: 6
        border.color: Guide.ringColor === "" ? Theme.primary : Guide.ringColor
        Accessible.ignored: true
        Rectangle {
            anchors.fill: parent
            anchors.margins: 6
            radius: Theme.radius + 4
            color: "transparent"
            border.width: 4
            border.color: Guide.ringColor === String(Theme.barInk) ? Theme.bar : Theme.page
            Accessible.ignored: true
        }
    }
    Connections {
        target: Visit
        function onPageChanged(): void {
            loader.source = "";
            slide.stop();
            loader.x = 0;
            loader.source = "pages/" + Visit.page + ".qml";
        }
    }
    Component.onCompleted: loader.source = "pages/" + Visit.page + ".qml"
    onClosing: close => close.accepted = false
}
