pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// Sign with the finger inside the frame; what it stands under is said above it.
KioskPage {
    id: page
    title: Sign.title
    lead: Sign.lead
    next: Sign.nextLabel
    nextIcon: Sign.drawn ? "send" : ""
    ready: Sign.drawn
    second: Sign.otherWay
    onNextPressed: Sign.use()
    onSecondPressed: Sign.otherwise()
    Pager {
        anchors.fill: parent
        spacing: Theme.landscape ? 16 : 28
        Note {
            shown: Sign.problem !== ""
            width: parent.width
            kind: "failed"
            text: Sign.problem
        }
        Item {
            id: frame
            readonly property real fitted: Math.min(1, parent.width / 960, Theme.landscape || Theme.lowReach ? page.bodyHeight * (Theme.laptop ? 0.8 : 0.6) / 480 : 1)
            width: parent.width
            height: 480 * fitted
            Rectangle {
                // the frame keeps its pixels, in which the pen is read; on a smaller sheet it is drawn smaller
                width: 960
                height: 480
                scale: frame.fitted
                transformOrigin: Item.TopLeft
                radius: Theme.radius
                color: Theme.paper
                border.width: Sign.begun ? 6 : Theme.line
                border.color: Theme.black ? Theme.ink : Theme.primary
                Accessible.role: Accessible.Graphic
                Accessible.name: qsTrId("sign.frame")
                Rectangle {
                    x: 60
                    y: parent.height - 108
                    width: parent.width - 120
                    height: 3
                    color: "#5B7480"
                }
                Icon {
                    x: 60
                    y: parent.height - 172
                    name: "close"
                    size: 52
                    color: "#5B7480"
                }
                Canvas {
                    id: paper
                    property var strokes: []
                    anchors.fill: parent
                    renderStrategy: Canvas.Immediate
                    onPaint: {
                        const pen = getContext("2d");
                        pen.clearRect(0, 0, width, height);
                        pen.lineWidth = 6;
                        pen.lineCap = "round";
                        pen.lineJoin = "round";
                        pen.strokeStyle = "#0E222B";
                        for (const stroke of strokes) {
                            pen.beginPath();
                            pen.moveTo(stroke[0], stroke[1]);
                            for (let at = 2; at < stroke.length; at += 2)
                                pen.lineTo(stroke[at], stroke[at + 1]);
                            pen.stroke();
                        }
                    }
                    Connections {
                        target: Sign
                        function onCleared(): void {
                            paper.strokes = [];
                            paper.requestPaint();
                        }
                    }
                }
                MouseArea {
                    anchors.fill: parent
                    preventStealing: true
                    onPressed: mouse => {
                        paper.strokes.push([mouse.x, mouse.y]);
                        Sign.begin(mouse.x, mouse.y);
                    }
                    onPositionChanged: mouse => {
                        if (paper.strokes.length === 0)
                            return;
                        paper.strokes[paper.strokes.length - 1].push(mouse.x, mouse.y);
                        Sign.move(mouse.x, mouse.y);
                        paper.requestPaint();
                    }
                    onReleased: Sign.lift()
                }
            }
        }
        ActionButton {
            property bool shown: Sign.begun
            width: parent.width
            least: Theme.landscape ? 96 : 112
            label: qsTrId("sign.clear")
            icon: "replay"
            onActivated: Sign.clear()
        }
        Note {
            width: parent.width
            text: qsTrId("sign.cannot")
            more: qsTrId("sign.cannot_more")
        }
    }
}
